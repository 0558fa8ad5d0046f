/**
 * Whether the lists that the metadata of Arrow names can lie in it. Metadata are FlatBuffers, whose lists say how long they are;
 * apache-arrow believes that, and works for minutes through a thousand million entries that a damaged byte has claimed. So
 * lengths are looked at first. Tables and the places of their fields are those of Arrow's Schema.fbs, Message.fbs and File.fbs.
 */

/** Offsets of fields in a table's list of them. */
const MESSAGE = { headerType: 6, header: 8, bodyLength: 10, metadata: 12 };
const SCHEMA = { fields: 6, metadata: 8 };
const FIELD = { children: 14, metadata: 16 };
const BATCH = { nodes: 6, buffers: 8, counts: 12 };
const DICTIONARY = { data: 6 };
const FOOTER = { schema: 6 };

/** What a message's header is. */
const HEADER = { schema: 1, dictionary: 2, batch: 3 };

/** Bytes of an entry: an offset to a table; two numbers of a node or a buffer; a count. */
const OFFSET_BYTES = 4;
const PAIR_BYTES = 16;
const COUNT_BYTES = 8;

/** Fields within fields; nobody nests deeper. */
const MOST_DEPTH = 64;

class Metadata {
  readonly #view: DataView;
  #fields = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The table at the root. */
  get root(): number {
    return this.#view.getInt32(0, true);
  }

  /** Where a table has a field; 0 where it has none. */
  place(table: number, field: number): number {
    const list = table - this.#view.getInt32(table, true);
    if (field >= this.#view.getUint16(list, true)) return 0;
    const offset = this.#view.getUint16(list + field, true);
    return offset === 0 ? 0 : table + offset;
  }

  /** The table that a field refers to; undefined where there is none. */
  table(parent: number, field: number): number | undefined {
    const place = this.place(parent, field);
    return place === 0 ? undefined : place + this.#view.getInt32(place, true);
  }

  byte(table: number, field: number): number {
    const place = this.place(table, field);
    return place === 0 ? 0 : this.#view.getUint8(place);
  }

  long(table: number, field: number): number {
    const place = this.place(table, field);
    return place === 0 ? 0 : Number(this.#view.getBigInt64(place, true));
  }

  /** Where the entries of a list begin, and how many there are: no more than fit behind. */
  list(table: number, field: number, entryBytes: number): { start: number; length: number } {
    const head = this.table(table, field);
    if (head === undefined) return { start: 0, length: 0 };
    const length = this.#view.getInt32(head, true);
    const start = head + 4;
    if (length < 0 || length * entryBytes > this.#view.byteLength - start)
      throw new Error(`metadata of ${this.#view.byteLength} bytes with a list of ${length}`);
    return { start, length };
  }

  checkFields(table: number, field: number, depth: number): void {
    const { start, length } = this.list(table, field, OFFSET_BYTES);
    // Offsets may lead to one field again and again, and in circles.
    this.#fields += length;
    if (depth > MOST_DEPTH || this.#fields * OFFSET_BYTES > this.#view.byteLength)
      throw new Error('metadata with more fields than fit in it');
    for (let i = 0, place = start; i < length; i++, place += OFFSET_BYTES) {
      const own = place + this.#view.getInt32(place, true);
      this.list(own, FIELD.metadata, OFFSET_BYTES);
      this.checkFields(own, FIELD.children, depth + 1);
    }
  }

  checkSchema(schema: number): void {
    this.list(schema, SCHEMA.metadata, OFFSET_BYTES);
    this.checkFields(schema, SCHEMA.fields, 0);
  }

  checkBatch(batch: number): void {
    this.list(batch, BATCH.nodes, PAIR_BYTES);
    this.list(batch, BATCH.buffers, PAIR_BYTES);
    this.list(batch, BATCH.counts, COUNT_BYTES);
  }
}

/** Throws where a message claims more than it has; gives the bytes of the body that follows it. */
export function checkMessage(bytes: Uint8Array): number {
  const metadata = new Metadata(bytes);
  const { root } = metadata;
  metadata.list(root, MESSAGE.metadata, OFFSET_BYTES);
  const header = metadata.table(root, MESSAGE.header);
  const type = metadata.byte(root, MESSAGE.headerType);
  if (header === undefined) throw new Error('a message without a header');
  if (type === HEADER.schema) metadata.checkSchema(header);
  if (type === HEADER.batch) metadata.checkBatch(header);
  if (type === HEADER.dictionary) {
    const batch = metadata.table(header, DICTIONARY.data);
    if (batch !== undefined) metadata.checkBatch(batch);
  }
  const bodyLength = metadata.long(root, MESSAGE.bodyLength);
  if (bodyLength < 0 || bodyLength > Number.MAX_SAFE_INTEGER)
    throw new Error(`a body of ${bodyLength} bytes`);
  return bodyLength;
}

/** Throws where the footer of a file claims more than it has, as far as its schema goes. */
export function checkFooter(bytes: Uint8Array): void {
  const metadata = new Metadata(bytes);
  const schema = metadata.table(metadata.root, FOOTER.schema);
  if (schema === undefined) throw new Error('a footer without a schema');
  metadata.checkSchema(schema);
}
