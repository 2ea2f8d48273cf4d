"""Names of today, written for this project: the corpora are from before 2018 and know none of them.

Training sentences get some of their names replaced by these, and plain sentences are made from the patterns.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.parse import find_atoms
from kg.training.corpora import Token, Tree

_LISTS = {
    "Organization": """
        OpenAI, Nvidia, AMD, Oracle, Microsoft, Google, Meta, Apple, Amazon, Intel, TSMC, Samsung, ASML, xAI,
        Anthropic, DeepMind, Google DeepMind, Mistral AI, Hugging Face, Stability AI, Midjourney, Perplexity,
        DeepSeek, Moonshot AI, Zhipu AI, ByteDance, Alibaba, Tencent, Baidu, Huawei, Xiaomi, BYD, CATL, Tesla, SpaceX,
        Neuralink, a16z, Andreessen Horowitz, Sequoia Capital, Y Combinator, SoftBank, Founders Fund, Khosla Ventures,
        Coatue, BlackRock, Goldman Sachs, JPMorgan, Morgan Stanley, Databricks, Snowflake, Palantir, CoreWeave, Scale
        AI, Cerebras, Groq, Broadcom, Qualcomm, Arm, Micron, SK Hynix, Foxconn, Arm Holdings, Salesforce, IBM, Adobe,
        Cisco, Netflix, Disney, Uber, Grab, Shopee, Gojek, Lazada, TikTok, Airbnb, Stripe, PayPal, Visa, Coinbase,
        Binance, VinFast, Vingroup, FPT, Viettel, VNPT, VNG, Masan, Hòa Phát, Thaco, Vietjet, Vietnam Airlines,
        Vietcombank, Techcombank, MB, VPBank, BIDV, EVN, PVN, Petrolimex, Momo, ZaloPay, Tiki, Thế Giới Di Động, FPT
        Software, VinAI, Zalo AI, MoMo, Sun Group, Novaland, Becamex, Gemadept, MISA, CMC, Elon Musk Foundation,
        OpenAI Foundation, Oklo, Helion, Helion Energy, TerraPower, Commonwealth Fusion Systems, Rivian, Lucid, Waymo,
        Cruise, Boeing, Airbus, Pfizer, Moderna, Novo Nordisk, Eli Lilly, AstraZeneca, BioNTech, Ủy ban châu Âu, WHO,
        NATO, ASEAN, IMF, Fed, Bộ Công Thương, Bộ Tài chính, Ngân hàng Nhà nước, Quốc hội, Đại học Stanford, MIT, Đại
        học Bách khoa Hà Nội, Reuters, Bloomberg, Wallstreetcn, CNBC, TechCrunch, The Information, VnExpress, Wall
        Street Journal""",
    "Person": """
        Sam Altman, Altman, Ben Horowitz, Horowitz, Marc Andreessen, Jensen Huang, Elon Musk, Musk, Lisa Su, Larry
        Ellison, Satya Nadella, Sundar Pichai, Mark Zuckerberg, Zuckerberg, Tim Cook, Jeff Bezos, Andy Jassy, Demis
        Hassabis, Dario Amodei, Amodei, Daniela Amodei, Ilya Sutskever, Greg Brockman, Mira Murati, Yann LeCun,
        Geoffrey Hinton, Yoshua Bengio, Andrej Karpathy, Fei-Fei Li, Alexandr Wang, Arthur Mensch, Liang Wenfeng,
        Masayoshi Son, Sarah Friar, Kevin Weil, Mark Chen, Jakub Pachocki, John Schulman, Peter Thiel, Reid Hoffman,
        Bill Gates, Warren Buffett, Larry Page, Sergey Brin, Pat Gelsinger, Lip-Bu Tan, Morris Chang, Jack Ma, Pony
        Ma, Zhang Yiming, Lei Jun, Long Yue, Donald Trump, Trump, Joe Biden, Kamala Harris, Emmanuel Macron, Keir
        Starmer, Olaf Scholz, Ursula von der Leyen, Volodymyr Zelensky, Vladimir Putin, Tập Cận Bình, Narendra Modi,
        Kishida Fumio, Lý Cường, Phạm Nhật Vượng, Trương Gia Bình, Phạm Minh Chính, Nguyễn Thị Phương Thảo, Trần Đình
        Long, Hồ Hùng Anh, Nguyễn Văn Khoa, Tô Lâm, Lê Thị Thu Thủy, Bùi Thanh Sơn, Lê Hồng Minh, Nguyễn Mạnh Hùng,
        Vương Đình Huệ, Jerome Powell, Janet Yellen, Christine Lagarde, Katalin Kariko, Taylor Swift, Lionel Messi,
        Cristiano Ronaldo, Kim Sang-sik, Park Hang-seo, Nguyễn Quang Hải, Nguyễn Hoàng Đức""",
    "Product": """
        ChatGPT, GPT-4, GPT-4o, GPT-5, Sora, Sora 2, DALL-E 3, Claude, Claude 3, Gemini, Gemini 2.5, Llama 3, Grok,
        Grok 3, Copilot, GitHub Copilot, Microsoft 365 Copilot, Bard, DeepSeek R1, Qwen, Codex, Whisper, Midjourney,
        Stable Diffusion, iPhone, iPhone 15, iPhone 16 Pro, iPad, Vision Pro, MacBook Air, Apple Watch, Galaxy S24,
        Galaxy Z Fold6, Pixel 9, H100, B200, Blackwell, GB200, MI300X, MI450, CUDA, A100, Snapdragon 8 Gen 3, Windows
        11, Android 15, iOS 18, HarmonyOS, PlayStation 5, Nintendo Switch 2, VF 3, VF 8, VF 9, Model 3, Model Y,
        Cybertruck, Starship, Starlink, Falcon 9, Optimus, Bitcoin, Ethereum, USDT, TikTok Shop, Facebook, Instagram,
        WhatsApp, Threads, YouTube, Telegram, Zalo, Google Search, Chrome, Gmail, Excel, Azure, AWS, Ozempic, Wegovy,
        Paxlovid, Boeing 737 MAX, Airbus A350, VinFast VF 5, Apple Intelligence, Siri, Alexa, AlphaFold, AlphaGo, GPT
        Store, Operator, Atlas""",
    "Place": """
        Mỹ, Trung Quốc, Việt Nam, Nhật Bản, Hàn Quốc, Đài Loan, Ấn Độ, Anh, Pháp, Đức, Ukraine, Nga, Israel, Gaza, Hà
        Nội, TP HCM, TP.HCM, Đà Nẵng, Hải Phòng, Bắc Ninh, Bình Dương, Thái Nguyên, Texas, California, San Francisco,
        Silicon Valley, Thung lũng Silicon, Abilene, Arizona, New York, Washington, Seattle, London, Paris, Tokyo,
        Seoul, Bắc Kinh, Thượng Hải, Thâm Quyến, Singapore, Dubai, Abu Dhabi, UAE, Ả Rập Xê Út, Brussels, Davos, châu
        Âu, châu Á, Đông Nam Á, Malaysia, Indonesia, Thái Lan, Campuchia, Lào, Biển Đông, Ninh Thuận, Dung Quất, Hòa
        Lạc""",
    "Event": """
        CES 2024, CES 2025, WWDC, WWDC 2024, Google I/O, GTC 2025, COP28, COP29, SEA Games 32, World Cup 2026, Euro
        2024, Olympic Paris 2024, AFF Cup 2024, Diễn đàn Kinh tế Thế giới, Hội nghị G20, APEC 2025, DevDay, Computex
        2024, MWC 2025, Techfest 2024, Giải Nobel, V-League, Premier League, Champions League, Shangri-La""",
    "Work": """
        Luật Đất đai, Luật Trí tuệ nhân tạo, Đạo luật AI, Nghị quyết 57, Nghị định 13, Đạo luật CHIPS, Hiệp định
        Paris, Luật Dữ liệu, Luật An ninh mạng, Oppenheimer, Barbie, Mai, Đất rừng phương Nam, Dune, Squid Game""",
}
NAMES = {kind: tuple(" ".join(names.split()).split(", ")) for kind, names in _LISTS.items()}
PERSON_TYPES = ("CEO", "giám đốc điều hành", "tổng giám đốc", "đồng sáng lập", "nhà sáng lập", "chủ tịch", "Chủ tịch")

# {O} organisation, {P} person, {D} product, {L} place, {E} event, {W} work, {T} title; words as the tokenizer cuts them
PATTERNS = """
{O} hợp_tác với {O} , {O} và {O} để xây_dựng trung_tâm dữ_liệu .
{T} của {O} , {P} , cho biết công_ty sẽ mở_rộng hạ_tầng .
{P} , {T} {O} , nói " chúng_tôi cần thêm năng_lượng " .
{T} {O} {P} đã gặp {P} tại {L} .
Ông {P} tin rằng {D} sẽ thay_đổi cách con_người làm_việc .
{O} vừa ra_mắt {D} tại {E} .
Các ông lớn công_nghệ như {O} , {O} , {O} đang chạy_đua phát_triển AI .
{O} đầu_tư 10 tỷ USD vào {O} .
{O} mua lại {O} với giá 2 tỷ USD .
Theo {O} , {D} có 800 triệu người dùng .
{D} là sản_phẩm chiến_lược của {O} .
{D} của {O} cạnh_tranh với {D} của {O} .
{P} thành_lập {O} năm 2015 .
{P} là đồng_sáng_lập {O} .
{O} có trụ_sở tại {L} .
{O} , {O} và {O} cùng tham_gia {E} ở {L} .
{P} rời {O} để gia_nhập {O} .
{O} dùng chip {D} của {O} .
Cổ_phiếu {O} tăng 5% sau khi {P} phát_biểu .
" {D} sẽ mạnh hơn nhiều " , {P} nói .
Chính_phủ {L} ban_hành {W} .
{P} chia_sẻ với {O} về kế_hoạch của {O} .
{O} cho biết {D} đã được bán tại {L} .
Người dùng {D} ở {L} tăng nhanh .
{O} : Mô_hình mới sẽ sử_dụng {D}
{P} đối_thoại với {P} : AI cần nhiều năng_lượng hơn
{D} và {D} đều dựa trên mô_hình của {O} .
{O} kiện {O} vì vi_phạm bản_quyền .
Bà {P} được bổ_nhiệm làm {T} của {O} .
Vị tỷ_phú {P} cho rằng {O} đi sai hướng .
Không phải {O} mà {O} mới là bên hưởng lợi từ {D} .
Hãng xe {O} sẽ giao {D} cho khách_hàng tại {L} .
Startup {O} huy_động 500 triệu USD từ {O} và {O} .
Trên {D} , {P} viết rằng {O} không sai .
Nguồn : {O}
Biên_soạn : {P} , {O}
""".strip().splitlines()
_SLOT = {"O": "Organization", "P": "Person", "D": "Product", "L": "Place", "E": "Event", "W": "Work", "T": "PersonType"}


def made_sentences(count: int, *, seed: int) -> Iterator[Tree]:
    """Sentences from the patterns, filled by chance."""
    chance = random.Random(seed)
    for _ in range(count):
        tokens: list[Token] = []
        for item in chance.choice(PATTERNS).split():
            if item.startswith("{"):
                kind = _SLOT[item[1]]
                name = chance.choice(PERSON_TYPES if kind == "PersonType" else NAMES[kind])
                tokens += name_tokens(name, kind)
            else:
                tokens.append(Token(item.replace("_", " ")))
        yield tuple(tokens)


TERMS = ("AI", "AI", "AI", "GPU", "chip", "startup", "blockchain", "chatbot", "IT", "ICO", "GDP", "API", "AGI", "VR")


def tagged_today(trees: Sequence[Tree], count: int, *, seed: int) -> Iterator[Tree]:
    """Tagged sentences with a name or a noun replaced by one of today: "AI" is not the pronoun "ai" in capitals."""
    chance = random.Random(seed)
    names = [name for kind in ("Organization", "Person", "Product") for name in NAMES[kind]]
    for tree in chance.sample(trees, min(count, len(trees))):
        tokens = list(tree)
        for upos, xpos, words in (("PROPN", "NNP", names), ("NOUN", "N", TERMS)):
            places = [index for index, token in enumerate(tokens) if (token.upos, token.xpos) == (upos, xpos)]
            if places:
                index = chance.choice(places)
                tokens[index] = replace(tokens[index], text=chance.choice(words))
        yield tuple(tokens)


def name_tokens(name: str, kind: str) -> list[Token]:
    """The words of a name, tagged."""
    parts = [name[start:end] for start, end in find_atoms(name)]
    return [Token(part, name=f"{'I' if index else 'B'}-{kind}") for index, part in enumerate(parts)]


def renamed(trees: Sequence[Tree], count: int, *, seed: int) -> Iterator[Tree]:
    """Sentences of the corpora with each short name of a kind in the lists replaced by a modern one, by chance."""
    chance = random.Random(seed)
    known = [tree for tree in trees if any(token.name[2:] in NAMES for token in tree)]
    for tree in chance.sample(known, min(count, len(known))):
        tokens: list[Token] = []
        for name in name_groups(tree):
            kind = name[0].name[2:]
            short = sum(len(token.text.split()) for token in name) <= 3
            if name[0].name.startswith("B-") and kind in NAMES and short and chance.random() < 0.8:
                tokens += name_tokens(chance.choice(NAMES[kind]), kind)
            else:
                tokens += name
        yield tuple(tokens)


def name_groups(tree: Tree) -> Iterator[list[Token]]:
    """The tokens of a sentence, those of one name together."""
    group: list[Token] = []
    for token in tree:
        if group and not token.name.startswith("I-"):
            yield group
            group = []
        group.append(token)
    if group:
        yield group
