// The keyboard, told; opened by ? or its button.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { lang, t } from "../words";

export const helping = signal(false);

const KEYS: [string, string, string][] = [
  ["/", "tìm thực thể", "search entities"],
  ["1 2 3", "đồ thị, bảng, truy vấn", "graph, table, query"],
  ["← ↑ ↓ →", "di chuyển hình", "move the picture"],
  ["+ − 0", "phóng to, thu nhỏ, vừa khung", "zoom in, out, fit"],
  ["N, Shift+N", "thực thể kế, trước", "next, previous entity"],
  ["R, Shift+R", "quan hệ kế, trước của thực thể", "next, previous fact of the entity"],
  ["E", "mở rộng thực thể đang chọn", "expand what is selected"],
  ["H", "ẩn", "hide"],
  ["P", "ghim", "pin"],
  ["F", "chỉ xem quanh đây", "focus"],
  ["L", "sắp xếp lại", "arrange again"],
  ["Ctrl+Z", "hoàn tác", "undo"],
  ["Ctrl+Enter", "chạy truy vấn", "run the query"],
  ["Esc", "đóng", "close"],
];

export function Help() {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (helping.value) box.current?.showModal();
    else box.current?.close();
  }, [helping.value]);
  return (
    <dialog ref={box} class="help" aria-label={t("help")} onClose={() => (helping.value = false)}>
      <h2>{t("help")}</h2>
      <dl>
        {KEYS.map(([keys, vi, en]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{lang.value === "vi" ? vi : en}</dd>
          </div>
        ))}
      </dl>
      <button onClick={() => (helping.value = false)}>{t("close")}</button>
    </dialog>
  );
}
