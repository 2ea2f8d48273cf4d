"use strict";
// The words of the page itself; those of the graph (types, relations) come with the data.
const WORDS = {
  vi: {
    search: "Tìm thực thể…", fit: "Xem toàn bộ", larger: "Phóng to", smaller: "Thu nhỏ", language: "English", close: "Đóng",
    types: "Loại thực thể", modalities: "Tình thái", relations: "Quan hệ", all: "chọn tất cả", none: "bỏ hết",
    empty: "Đồ thị này chưa có quan hệ nào.", filtered: "Bộ lọc đang ẩn tất cả.", nothing: "Không tìm thấy.", graph: "Đồ thị",
    hint: "Bấm vào một cạnh để xem câu văn nêu điều đó, vào một thực thể để xem các quan hệ của nó.",
    entities: (n) => `${n} thực thể`, facts: (n) => `${n} quan hệ`, of: (n, all) => `${n} trong ${all}`,
    silent: (n) => `${n} thực thể không có quan hệ nào không được vẽ; ô tìm kiếm vẫn tìm thấy chúng.`,
    cut: "Chỉ vẽ những thực thể trung tâm nhất.", lone: "Không có quan hệ nào được vẽ.",
    asserted: "khẳng định", planned: "dự kiến", possible: "có thể", denied: "phủ nhận",
    speaker: "Người nói", itself: "bài báo", confidence: "Độ tin cậy", aliases: "Tên khác", evidence: "Bằng chứng",
  },
  en: {
    search: "Find an entity…", fit: "Show all", larger: "Zoom in", smaller: "Zoom out", language: "Tiếng Việt", close: "Close",
    types: "Types of entities", modalities: "Modality", relations: "Relations", all: "select all", none: "clear",
    empty: "This graph holds no facts yet.", filtered: "The filters hide everything.", nothing: "Nothing found.", graph: "Graph",
    hint: "Click an edge to see the sentence that states it, or an entity to see its facts.",
    entities: (n) => `${n} entities`, facts: (n) => `${n} facts`, of: (n, all) => `${n} of ${all}`,
    silent: (n) => `${n} entities without a fact are not drawn; the search finds them.`,
    cut: "Only the most central entities are drawn.", lone: "No fact of it is drawn.",
    asserted: "asserted", planned: "planned", possible: "possible", denied: "denied",
    speaker: "Speaker", itself: "the article", confidence: "Confidence", aliases: "Also called", evidence: "Evidence",
  },
};
const MODALITIES = ["asserted", "planned", "possible", "denied"];
