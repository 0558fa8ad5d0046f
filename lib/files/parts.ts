/**
 * What is stored of an object: its kind, its parameters as JSON, and its arrays. Every class that can be saved
 * makes Parts and reads them back; container.ts turns Parts into bytes and back. A reader trusts nothing: whoever
 * reads a part says what it must be, and a file that says otherwise is corrupt.
 */

import { FlyhashError } from '../errors.ts';

/** What a parameter may be. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Names with a value each: settings, or what a training told. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** The arrays that can be stored. */
export type TensorData =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** An array with its shape; the product of shape is its length. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Everything that is stored of one object. */
export interface Parts {
  /** The class, as in 'SimHash'. */
  readonly kind: string;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly tensors: readonly Tensor[];
}

/** The method that makes the parts of an object that can be stored. */
export const PARTS: unique symbol = Symbol('parts');

/** What can be stored. */
export interface Storable {
  /** @internal */
  [PARTS](): Parts;
}

/** The parts of an object within another: tensors as `prefix.name`, parameters as one object called prefix. */
export function nestedParts(prefix: string, inner: Parts): Pick<Parts, 'parameters' | 'tensors'> {
  return {
    parameters: { [prefix]: { kind: inner.kind, ...inner.parameters } },
    tensors: inner.tensors.map((tensor) => ({ ...tensor, name: `${prefix}.${tensor.name}` })),
  };
}

type TensorKind<Data extends TensorData> = {
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
  new (length: number): Data;
};

/** Characters of a wrong value that an error shows. */
const MOST_SHOWN = 80;

/** The fault of a file whose bytes are those that were written, but say what cannot be. */
export function corrupt(name: string, expected: string, got: unknown): FlyhashError {
  const json = JSON.stringify(got) ?? String(got);
  const shown = json.length > MOST_SHOWN ? `${json.slice(0, MOST_SHOWN)}...` : json;
  return new FlyhashError('ERR_CORRUPT_FILE', `file: ${name} must be ${expected}, got ${shown}`);
}

/** Parts on their way into an object: each part is asked for once, with what it must be. */
export class PartsReader {
  readonly kind: string;
  /** Bytes of all tensors: no count of rows can be above it, whatever a parameter says. */
  readonly bytes: number;
  readonly #parameters: Map<string, Json>;
  readonly #tensors: Map<string, Tensor>;

  constructor({ kind, parameters, tensors }: Parts) {
    this.kind = kind;
    this.bytes = tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
    this.#parameters = new Map(Object.entries(parameters));
    this.#tensors = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  }

  /** Throws unless the parts are of this kind. */
  expectKind(kind: string): void {
    if (this.kind === kind) return;
    const message = `file: kind must be ${JSON.stringify(kind)}, got ${JSON.stringify(this.kind)}`;
    throw new FlyhashError('ERR_WRONG_KIND', message);
  }

  /** A whole number from least to most. */
  integer(name: string, least: number, most: number): number {
    const value = this.#take(name);
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
      return value;
    }
    throw corrupt(name, `a whole number from ${least} to ${most}`, value);
  }

  /** A finite number. */
  number(name: string): number {
    const value = this.#take(name);
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw corrupt(name, 'a finite number', value);
  }

  /** True or false. */
  boolean(name: string): boolean {
    const value = this.#take(name);
    if (typeof value === 'boolean') return value;
    throw corrupt(name, 'true or false', value);
  }

  /** A text. */
  text(name: string): string {
    const value = this.#take(name);
    if (typeof value === 'string') return value;
    throw corrupt(name, 'a text', value);
  }

  /** An object of finite numbers, texts, true and false. */
  facts(name: string): Facts {
    const value = this.#take(name);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw corrupt(name, 'an object', value);
    }
    for (const [key, fact] of Object.entries(value)) {
      const isFact = typeof fact === 'string' || typeof fact === 'boolean' || Number.isFinite(fact);
      if (!isFact) throw corrupt(`${name}.${key}`, 'a finite number, a text, true or false', fact);
    }
    return Object.freeze(value as Facts);
  }

  /** One of the given strings. */
  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.#take(name);
    if (typeof value === 'string' && (choices as readonly string[]).includes(value)) {
      return value as T;
    }
    throw corrupt(name, `one of ${choices.join(', ')}`, value);
  }

  /** Whether there is a tensor of that name, not yet taken. */
  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** The tensor of that kind and shape; a length given as undefined may be anything. */
  tensor<Data extends TensorData>(
    name: string,
    kind: TensorKind<Data>,
    shape: readonly (number | undefined)[],
  ): Data {
    const tensor = this.#tensors.get(name);
    const expected = `${kind.name} of shape [${shape.map((length) => length ?? 'any').join(', ')}]`;
    if (tensor === undefined) throw corrupt(`tensor ${name}`, expected, 'none');
    this.#tensors.delete(name);
    const { data, shape: got } = tensor;
    const fits =
      data instanceof kind &&
      got.length === shape.length &&
      shape.every((length, i) => length === undefined || length === got[i]);
    if (!fits) throw corrupt(`tensor ${name}`, expected, `${data.constructor.name} [${got}]`);
    return data as Data;
  }

  /** The tensor of float32 numbers of that shape, all of them finite. */
  finite(name: string, shape: readonly (number | undefined)[]): Float32Array {
    const values = this.tensor(name, Float32Array, shape);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw corrupt(`tensor ${name}`, `finite at ${bad}`, String(values[bad]));
    return values;
  }

  /** The parts of the object called prefix, taken out of these. */
  nested(prefix: string): PartsReader {
    const inner = this.#take(prefix);
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) {
      throw corrupt(prefix, 'an object', inner);
    }
    const { kind, ...parameters } = inner as Record<string, Json>;
    if (typeof kind !== 'string') throw corrupt(`${prefix}.kind`, 'a string', kind);
    const tensors: Tensor[] = [];
    for (const [name, tensor] of this.#tensors) {
      if (!name.startsWith(`${prefix}.`)) continue;
      tensors.push({ ...tensor, name: name.slice(prefix.length + 1) });
      this.#tensors.delete(name);
    }
    return new PartsReader({ kind, parameters, tensors });
  }

  /** Throws when something has not been asked for: what nobody reads is not what was written. */
  end(): void {
    const [parameter] = this.#parameters.keys();
    if (parameter !== undefined) throw corrupt(parameter, 'absent', 'a parameter');
    const [tensor] = this.#tensors.keys();
    if (tensor !== undefined) throw corrupt(`tensor ${tensor}`, 'absent', 'a tensor');
  }

  #take(name: string): Json | undefined {
    const value = this.#parameters.get(name);
    this.#parameters.delete(name);
    return value;
  }
}
