/** Long columns of numbers as short text: each number seven bits a byte, the lowest first, then Base64. */
export class Column {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(text: string) {
    const raw = atob(text);
    this.bytes = new Uint8Array(raw.length);
    for (let at = 0; at < raw.length; at += 1) this.bytes[at] = raw.charCodeAt(at);
  }

  next(): number {
    let number = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new Error('a column ends too early');
      this.at += 1;
      number += (byte & 0x7f) * scale;
      if (byte < 0x80) return number;
      scale *= 128;
    }
  }

  /** A number that may be negative. */
  nextSigned(): number {
    const number = this.next();
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
  }
}
