/**
 * Text on its way through a tokeniser: pieces of strings or of UTF-8 go into one buffer of bytes, a reader takes from its
 * front what it can decide, and what needs more text stays for the next piece. So whatever a reader finds cannot
 * depend on where pieces end. Bytes that are no UTF-8 count as U+FFFD, one for each maximal subpart, as the Encoding
 * standard and TextDecoder have it, and so do halves of surrogate pairs that stand alone; both are counted.
 */

/** Most UTF-16 units, and most bytes, of one piece. */
export const PIECE_UNITS: number = 1 << 14;
export const PIECE_BYTES: number = 1 << 16;

/** What decode gives where the text ends within a character. */
export const MORE = -1;
/** What decode gives for bytes that are no character. */
export const ILL_FORMED = -2;

/** A byte that is in no UTF-8, put behind the text so that loops over ASCII end there. */
const SENTINEL = 0xff;
const LINE_FEED = 0x0a;
const REPLACEMENT = '\ufffd';

const encoder = new TextEncoder();

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/** Text of any length, in pieces, for a reader that finds words or paragraphs in it. */
export abstract class TextBuffer {
  /** The text, from 0 to length, and a byte that is no UTF-8 behind it. */
  protected readonly bytes: Uint8Array;
  protected length = 0;
  /** Where the character ends that was decoded last. */
  protected next = 0;
  /** How often U+FFFD stood for something that was no text. */
  replaced = 0;
  /** Paragraphs that had a token and have ended. */
  paragraphs = 0;
  /** Tokens that the engine's segmenter made. */
  segmented = 0;
  /** The first half of a surrogate pair, at the end of the last piece. */
  #half = '';

  /** A reader that leaves at most `mostLeft` bytes of undecided text. */
  protected constructor(mostLeft: number) {
    this.bytes = new Uint8Array(mostLeft + PIECE_BYTES + 4);
  }

  /** Reads from the front; gives how many bytes are done. Everything is, when the last byte is a line feed. */
  protected abstract scan(): number;

  /** A piece of the text that is being read: at most PIECE_UNITS of a string or PIECE_BYTES of UTF-8. */
  write(piece: string | Uint8Array): void {
    if (typeof piece === 'string') {
      this.#writeString(this.#half + piece);
    } else {
      this.#endHalf();
      this.bytes.set(piece, this.length);
      this.#scanMore(piece.length);
    }
  }

  /** The text ends here: its last paragraph too. */
  end(): void {
    this.#endHalf();
    this.bytes[this.length] = LINE_FEED;
    this.#scanMore(1);
  }

  #writeString(text: string): void {
    this.#half = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(-1) : '';
    const whole = this.#half === '' ? text : text.slice(0, -1);
    if (!whole.isWellFormed()) this.replaced += whole.match(/\p{Surrogate}/gu)?.length ?? 0;
    this.#scanMore(encoder.encodeInto(whole, this.bytes.subarray(this.length)).written);
  }

  #endHalf(): void {
    if (this.#half === '') return;
    this.#half = '';
    this.replaced++;
    this.#scanMore(encoder.encodeInto(REPLACEMENT, this.bytes.subarray(this.length)).written);
  }

  #scanMore(added: number): void {
    this.length += added;
    this.bytes[this.length] = SENTINEL;
    const done = this.scan();
    this.bytes.copyWithin(0, done, this.length);
    this.length -= done;
  }

  /** The character at a byte of the text; its end, or that of the ill-formed bytes, is in `next`. */
  protected decode(at: number): number {
    const { bytes, length } = this;
    if (at >= length) return MORE;
    const lead = bytes[at];
    this.next = at + 1;
    if (lead < 0x80) return lead;
    if (lead < 0xc2 || lead > 0xf4) return ILL_FORMED;
    const left = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    let point = lead & (0x3f >> left);
    for (let i = at + 1; i <= at + left; i++) {
      if (i === length) return MORE;
      const byte = bytes[i];
      if ((byte & 0xc0) !== 0x80 || (i === at + 1 && !canBegin(lead, byte))) return ILL_FORMED;
      point = (point << 6) | (byte & 0x3f);
      this.next = i + 1;
    }
    return point;
  }
}

/** Whether a character may begin so: neither overlong forms nor surrogates nor anything above U+10FFFF. */
function canBegin(lead: number, second: number): boolean {
  if (lead === 0xe0) return second >= 0xa0;
  if (lead === 0xed) return second < 0xa0;
  if (lead === 0xf0) return second >= 0x90;
  return lead !== 0xf4 || second < 0x90;
}
