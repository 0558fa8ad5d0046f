// The process that killed-save.test.ts kills: saves codes of all zeros and of all ones in turn at the path that it is
// given, for ever, and says with a line of output when the first is there. It loads no more of the package than it
// needs, since it is started hundreds of times.

import { BitCodes } from '../../dist/codes/bit-codes.js';

const [path, rows] = process.argv.slice(2);
const contents = [0x00, 0xff].map((byte) =>
  BitCodes.adopt(new Uint8Array(32 * Number(rows)).fill(byte), 256),
);

for (let turn = 0; ; turn++) {
  await contents[turn % 2].save(path);
  if (turn === 0) console.log('saved');
}
