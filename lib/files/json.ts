/**
 * JSON as a file may hold it: JSON.parse, and an error where it would be silent. An object that names a key twice
 * says two things, of which JSON.parse keeps the last; and nesting is bounded, so that nobody who walks the value
 * runs out of stack.
 */

const MOST_NESTED = 16;

/** The keys of an open object, or undefined for an open array. */
type Open = Set<string> | undefined;

/** End of the string that starts at `start`: the place after its closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfSpace(text: string, start: number): number {
  let at = start;
  while (' \t\r\n'.includes(text[at] ?? '.')) at++;
  return at;
}

/** The objects and arrays that are open at one place of a text, each with the keys that came so far. */
class OpenValues {
  readonly #open: Open[] = [];

  bracket(sign: string): void {
    if (sign === '}' || sign === ']') {
      this.#open.pop();
    } else if (sign === '{' || sign === '[') {
      if (this.#open.length === MOST_NESTED) {
        throw new SyntaxError(`nested more than ${MOST_NESTED} deep`);
      }
      this.#open.push(sign === '{' ? new Set() : undefined);
    }
  }

  key(token: string): void {
    checkKey(this.#open.at(-1), token);
  }
}

/** Throws SyntaxError when an object of valid JSON has a key twice or is nested too deeply. */
function checkKeys(text: string): void {
  const open = new OpenValues();
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '"') {
      open.bracket(text[at]);
      continue;
    }
    const end = endOfString(text, at);
    if (text[endOfSpace(text, end)] === ':') open.key(text.slice(at, end));
    at = end - 1;
  }
}

function checkKey(keys: Open, token: string): void {
  const key = JSON.parse(token) as string;
  if (keys?.has(key)) throw new SyntaxError(`the key ${token} stands twice`);
  keys?.add(key);
}

/**
 * The value of a JSON text.
 *
 * @throws SyntaxError when it is none, has an object with one key twice, or is nested more than 16 deep.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  checkKeys(text);
  return value;
}
