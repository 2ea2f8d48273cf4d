import { type Arrangement, arrange } from "./layout";

self.onmessage = ({ data }: MessageEvent<{ number: number; asked: Arrangement }>) =>
  self.postMessage({ number: data.number, places: arrange(data.asked) });
