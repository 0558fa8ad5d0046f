// What a shared library says about itself, read from its bytes, so that a prebuild of any platform can be looked at on
// any other: file format, processor, and for ELF the libraries and symbol versions that it asks for, the symbols that
// it shows, and whether it is stripped. Layouts: the System V ABI, Mach-O's mach_header, the PE format.

const MACHINES = {
  ELF: { 62: 'x64', 183: 'arm64' },
  'Mach-O': { 16777223: 'x64', 16777228: 'arm64' },
  PE: { 34404: 'x64', 43620: 'arm64' },
};
const SECTION = { symbolTable: 2, dynamic: 6, dynamicSymbols: 11, neededVersions: 0x6ffffffe };
const NEEDED = 1;

/** Text from an offset to the next zero byte. */
function textAt(bytes, offset) {
  return bytes.toString('latin1', offset, bytes.indexOf(0, offset));
}

function sectionsOf(bytes) {
  const table = Number(bytes.readBigUInt64LE(0x28));
  const [size, count, names] = [0x3a, 0x3c, 0x3e].map((at) => bytes.readUInt16LE(at));
  const sections = Array.from({ length: count }, (_, i) => {
    const at = table + i * size;
    const [offset, length] = [0x18, 0x20].map((field) => Number(bytes.readBigUInt64LE(at + field)));
    const [name, type] = [0, 4].map((field) => bytes.readUInt32LE(at + field));
    return { name, type, offset, length, link: bytes.readUInt32LE(at + 0x28) };
  });
  const texts = sections[names].offset;
  return sections.map((section) => ({ ...section, name: textAt(bytes, texts + section.name) }));
}

function neededLibraries(bytes, { offset, length }, texts) {
  const libraries = [];
  for (let at = offset; at < offset + length; at += 16) {
    if (Number(bytes.readBigUInt64LE(at)) !== NEEDED) continue;
    libraries.push(textAt(bytes, texts + Number(bytes.readBigUInt64LE(at + 8))));
  }
  return libraries;
}

/** Symbol versions such as GLIBC_2.28: a list of libraries, each with its list. */
function neededVersions(bytes, { offset }, texts) {
  const versions = [];
  for (let library = offset, next = 1; next !== 0; library += next) {
    let version = library + bytes.readUInt32LE(library + 8);
    for (let count = bytes.readUInt16LE(library + 2); count > 0; count--) {
      versions.push(textAt(bytes, texts + bytes.readUInt32LE(version + 8)));
      version += bytes.readUInt32LE(version + 12);
    }
    next = bytes.readUInt32LE(library + 12);
  }
  return versions;
}

/** Names of defined dynamic symbols: what the library shows to others. */
function shownSymbols(bytes, { offset, length }, texts) {
  const names = [];
  for (let at = offset; at < offset + length; at += 24) {
    const isDefined = bytes.readUInt16LE(at + 6) !== 0;
    if (isDefined) names.push(textAt(bytes, texts + bytes.readUInt32LE(at)));
  }
  return names;
}

function describeElf(bytes) {
  const sections = sectionsOf(bytes);
  const read = (type, reader) => {
    const section = sections.find((one) => one.type === type);
    return section === undefined ? [] : reader(bytes, section, sections[section.link].offset);
  };
  return {
    format: 'ELF',
    machine: MACHINES.ELF[bytes.readUInt16LE(18)],
    libraries: read(SECTION.dynamic, neededLibraries),
    versions: read(SECTION.neededVersions, neededVersions),
    shown: read(SECTION.dynamicSymbols, shownSymbols),
    isStripped: !sections.some(
      ({ name, type }) => type === SECTION.symbolTable || name.startsWith('.debug'),
    ),
  };
}

/** What the library in these bytes says about itself; undefined for bytes that are no library. */
export function describeLibrary(bytes) {
  if (bytes.length < 64) return undefined;
  const magic = bytes.readUInt32LE(0);
  if (magic === 0x464c457f) return describeElf(bytes);
  if (magic === 0xfeedfacf)
    return { format: 'Mach-O', machine: MACHINES['Mach-O'][bytes.readUInt32LE(4)] };
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.readUInt16LE(0) !== 0x5a4d || header + 6 > bytes.length) return undefined;
  return { format: 'PE', machine: MACHINES.PE[bytes.readUInt16LE(header + 4)] };
}
