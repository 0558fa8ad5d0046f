/**
 * What every character is to the tokeniser. The classes are those of Unicode 15.0 and are written down here rather than
 * asked of the engine, whose Unicode grows with each release: the same text gives the same words on every machine, and
 * characters that were encoded later separate words until a new recipe names them.
 */

/** Between words. */
export const SEPARATOR = 0;
/** Letter (general categories L and Nl) of a script that puts spaces between words. */
export const LETTER = 1;
/** Goes on with a word but begins none: marks (M), the joiners U+200C and U+200D, and the soft hyphen. */
export const MARK = 2;
/** Decimal digit of any script (Nd). */
export const DIGIT = 3;
/** Letter or mark of Han, Hiragana, Katakana, Thai, Lao, Khmer or Myanmar (Script_Extensions), written without spaces. */
export const UNSPACED = 4;
/** U+0027 and U+2019: within a word where a letter or a digit stands on either side. */
export const APOSTROPHE = 5;
/** End of a paragraph: the mandatory line breaks of UAX #14 (LF, VT, FF, CR, NEL, LS, PS). */
export const BREAK = 6;

/** Code points below this have an entry in the table. */
const TABLE_SIZE = 0x40000;
const ASCII_END = 0x80;
const BREAKS = [0x0a, 0x0b, 0x0c, 0x0d, 0x85, 0x2028, 0x2029];

/** Runs from U+0080 on: how many characters are passed over, the class, how many have it; numbers in base 36. */
const RUNS: readonly string[] = [
  '16L1,2M1,7L1,4L1,5Ln,1Lv,1Lcq,4Lc,eL5,7L1,1L1,hM34,0L5,1L2,2L4,1L1,6L1,1L3,1L1,1Lk,1L2b,',
  '1L3v,1M7,0L4m,1L12,2L1,6L15,8M19,1M1,1M2,1M2,1M1,8Lr,4L4,tMb,5L17,0Ml,0Da,4L2,0M1,0L2r,1L1,',
  '0M7,2M6,0L2,0M2,1M4,0L2,0Da,0L3,2L1,gL1,0M1,0Lu,0Mr,2L2h,0Mb,0L1,eDa,0Lx,0M9,0L2,4L1,2M1,',
  '2Lm,0M4,0L1,0M9,0L1,0M3,0L1,0M5,iLp,0M3,4Lb,5Lo,1L6,9M8,0L16,0Mo,1Mx,0L1i,0M3,0L1,0Mi,0L1,',
  '0M7,0La,0M2,2Da,1Lg,0M3,1L8,2L2,2Lm,1L7,1L1,3L4,2M1,0L1,0M7,2M2,2M3,0L1,8M1,4L2,1L3,0M2,2Da,',
  '0L2,aL1,1M1,2M3,1L6,4L2,2Lm,1L7,1L2,1L2,1L2,2M1,1M5,4M2,2M3,3M1,7L4,1L1,7Da,0M2,0L3,0M1,bM3,',
  '1L9,1L3,1Lm,1L7,1L2,1L5,2M1,0L1,0M8,1M3,1M3,2L1,fL2,0M2,2Da,9L1,0M6,1M3,1L8,2L2,2Lm,1L7,1L2,',
  '1L5,2M1,0L1,0M7,2M2,2M3,7M3,4L2,1L3,0M2,2Da,1L1,gM1,0L1,1L6,3L3,1L4,3L2,1L1,1L2,3L2,3L3,3Lc,',
  '4M5,3M3,1M4,2L1,6M1,eDa,gM5,0L8,1L3,1Ln,1Lg,2M1,0L1,0M7,1M3,1M4,7M2,1L3,2L1,2L2,0M2,2Da,gL1,',
  '0M3,1L8,1L3,1Ln,1La,1L5,2M1,0L1,0M7,1M3,1M4,7M2,6L2,1L2,0M2,2Da,1L2,0M1,cM4,0L9,1L3,1L15,',
  '0M2,0L1,0M7,1M3,1M4,0L1,5L3,0M1,7L3,0M2,2Da,aL6,1M3,1Li,3Lo,1L9,1L1,2L7,3M1,4M6,1M1,1M8,6Da,',
  '2M2,dS1m,5Sf,1Da,13S2,1S1,1S5,1So,1S1,1Sn,2S5,1S1,1S7,1Da,2S4,wL1,nM2,6Da,bM1,1M1,1M1,4M2,',
  '0L8,1L10,4Mk,1M2,0L5,0Mb,1M10,9M1,1lS1s,0Da,6S1s,0Da,0S4,2L12,1L1,5L1,2L17,1L99,1L4,2L7,1L1,',
  '1L4,2L15,1L4,2Lx,1L4,2L7,1L1,1L4,2Lf,1L1l,1L4,2L1v,2M3,wLg,gL2e,2L6,3Lh8,2Lh,1Lq,5L23,3Lb,',
  '7Li,0M4,9Lj,0M3,bLi,0M2,cLd,1L3,1M2,cS2c,3S1,4S2,2Da,xM3,1M1,0Da,6L2h,7L5,0M2,0Ly,0M1,0L1,',
  '5L1y,aLv,1Mc,4Mc,aDa,0Lu,2L5,bL18,4Lq,6Da,12Ln,0M5,4L1h,0Ma,1Mt,2M1,0Da,6Da,dL1,8Mv,1dM5,',
  '0L1b,0Mh,0L8,3Da,hM9,cM3,0Lu,0Md,0L2,0Da,0L18,0Me,cL10,0Mk,8Da,3L3,0Da,0L10,2L9,7L17,2L3,',
  'gM3,1Ml,0L4,0M1,0L6,0M1,0L2,0M3,0L1,5L5c,0M1s,0L7q,2L6,2L12,2L6,2L8,1L1,1L1,1L1,1Lv,2L1h,',
  '1L7,1L1,3L3,1L7,3L4,2L6,4Ld,5L3,1L7,fM2,2rL1,dL1,gLd,1fMx,hL1,4L1,2La,1L1,3L5,6L1,1L1,1L1,',
  '1L4,1Lb,2L4,5L5,4L1,hL15,22fL6d,6L4,0M3,0L2,cL12,1L1,5L1,2L1k,7L1,fM1,0Ln,9L7,1L7,1L7,1L7,',
  '1L7,1L7,1L7,1L7,1Mw,1bL1,d1S3,pSd,0M2,1S5,2S5,4S2e,2S2,2S3,1S2i,1S4,5L17,1L2m,hLw,1cSg,',
  'e8S534,1sSg74,0Lwd,1vL1a,2L7h,3Lg,0Da,0L2,kL1b,0M4,1Ma,1Lv,0M2,0L28,0M2,11L9,2L2v,2L1s,5L2,',
  '1L1,1L5,oLg,0M1,0L3,0M1,0L4,0M1,0Ln,0M5,4M1,jL1g,cM2,0L1e,0Mi,aDa,6Mi,0L6,3L1,1L2,0M1,0Da,',
  '0Ls,0M8,2Ln,0Md,cLt,3M4,0L1b,0Me,eL1,0Da,6Sg,0Da,0S5,1L15,0Me,9L3,0M1,0L8,0M2,2Da,6Sn,3S6,',
  '0L1c,0M1,0L1,0M3,0L2,0M2,0L5,0M2,0L1,0M1,0L1,oL3,2Lb,0M5,2L3,0M2,aL6,2L6,2L6,9L7,1L7,1L17,',
  '1Le,6L37,0M8,1M2,2Da,6L8mc,cLn,4L1d,6isSa6,2S2y,12L7,cL5,5L1,0M1,0La,1Ld,1L5,1L1,1L2,1L2,',
  '1L30,xLa3,iL1s,2L1i,14Lc,4Mg,gMg,1sL5,1L3r,jDa,7Lq,6Lq,bS1m,0Lv,3L6,2L6,2L6,2L3,zLc,1Lq,1Lj,',
  '1L2,1Lf,2Le,yL3f,1xL1h,3sM1,3mLt,3L1d,fM1,vLw,dLu,5L12,0M5,5Lu,2L10,4L8,1L5,16L4e,2Da,6L10,',
  '4L10,4L14,8L1g,cLb,1Lf,1L7,1L2,1Lb,1Lf,1L7,1L2,1vL8n,9Lm,aL8,oL6,1L16,1L9,1xL6,2L1,1L18,1L2,',
  '3L1,2Ln,aLn,9Lv,1tLj,1L2,aLm,aLq,1yL1k,6L2,1sL1,0M3,1M2,5M4,0L4,1L3,1Lt,2M3,4M1,wLt,3Lt,zL8,',
  '1Ls,0M2,pL1i,aLm,aLj,dLi,32L21,1jL1f,dL1f,dL10,0M4,8Da,92L16,1M2,3L2,23M3,0Lt,aL1,8Lm,0Mb,',
  'vLi,0M4,16Ll,rLn,9M3,0L1h,0Mf,vDa,0M1,0L2,0M2,0L1,9M4,0L19,0Mb,7M1,dLp,7Da,6M3,0L10,0Me,1Da,',
  '4L1,0M2,0L1,8Lz,0M1,2L1,9M3,0L1c,0Me,0L4,4M4,1M2,0Da,0L1,1L1,zLi,1Lp,0Mc,6M1,0L2,0M1,1qL7,',
  '1L1,1L4,1Lf,1La,7L1b,0Mc,5Da,6M4,1L8,2L2,2Lm,1L7,1L2,1L5,1M2,0L1,0M7,2M2,2M3,2L1,6M1,5L5,',
  '0M2,2M7,3M5,3vL1h,0Mi,0L4,5Da,4M1,0L3,uL1c,0Mk,0L2,1L1,8Da,4mL1b,0M7,2M9,nL4,0M2,yL1c,0Mh,',
  '3L1,bDa,12L17,0Md,0L1,7Da,1iLr,2Mf,4Da,6L7,55L18,0Mf,2tL1s,0Da,lL8,2L1,2L8,1L2,1Lo,0M6,1M2,',
  '2M4,0L1,0M1,0L1,0M2,cDa,1yL8,2L13,0M7,2M7,0L1,1L1,0M1,rL1,0Ma,0L14,0M7,0L1,0M4,8M1,8L1,0Mb,',
  '0L1a,0Mg,3L1,iL21,7bL9,1L11,0M8,1M8,0L1,fDa,oLu,2Mm,1Me,21L7,1L2,1L12,0M6,3M1,1M2,1M7,0L1,',
  '0M1,8Da,6L6,1L2,1Lw,0M5,1M2,1M5,0L1,7Da,8mLj,0M4,9M2,0L1,0M1,0Ld,1Ly,0M7,3M5,dDa,2eL1,27Lpm,',
  '2uL33,hL5g,218L2p,fLts,gM1,0L6,0Mf,33eLg7,6ntLft,7Lv,1Da,6L27,1Da,6Lu,2M5,bL1c,0M7,9L4,cDa,',
  '9Ll,5Lj,j4L1s,3kL23,4M1,0L1,0M1j,7M4,0Ld,1sL2,1S1,0M1,bS2,eL4qg,8Lye,16L9,6w7S4,1S7,1S2,',
  '1S83,fS1,tS3,2S1,eS4,8Lb0,1s4L2z,5Ld,3L9,7La,3M2,3mpM1a,2Mn,f2M5,3M6,8M8,2M7,uM4,44M3,cbL2d,',
  '1L1z,1L2,2L1,2L2,2L4,1Lc,1L1,1L7,1L1t,1L4,2L8,1L7,1Ls,1L4,1L5,1L1,3L7,1L9g,2Lp,1Lp,1Lv,1Lp,',
  '1Lv,1Lp,1Lv,1Lp,1Lv,1Lp,1L8,2D1e,e8M1j,4M1e,8M1,eM1,mM5,1Mf,uoLv,6L6,5xM7,1Mh,2M7,1M2,1M5,',
  '5L1q,xM1,34L19,3M7,0L7,2Da,4L1,8xLu,0M1,hL18,0M4,0Da,d2Ls,0M4,0Da,kmL7,1L4,1L2,1Lf,1L5h,bM7,',
  '15L1w,0M7,0L1,4Da,x2L4,1Lr,1L2,1L1,2L1,1La,1L4,1L1,1L1,6L1,4L1,1L1,1L1,1L3,1L2,1L1,2L1,1L1,',
  '1L1,1L1,1L1,1L2,1L1,2L4,1L7,1L4,1L4,1L1,1La,1Lh,5L3,1L5,1Lh,2lwDa,smSwyo,wS37e,6S66,2S4g2,',
  'eS5rl,2e7Sf2,15uS3t7,5S38g',
];

const CLASS_OF_LETTER: Readonly<Record<string, number>> = {
  L: LETTER,
  M: MARK,
  D: DIGIT,
  S: UNSPACED,
};

let table: Uint8Array | undefined;

function fillAscii(classes: Uint8Array): void {
  classes.fill(DIGIT, 0x30, 0x3a);
  classes.fill(LETTER, 0x41, 0x5b);
  classes.fill(LETTER, 0x61, 0x7b);
}

/** The class of every code point below 0x40000. Made once, when it is first needed. */
export function characterClasses(): Uint8Array {
  if (table !== undefined) return table;
  const classes = new Uint8Array(TABLE_SIZE);
  fillAscii(classes);
  let at = ASCII_END;
  for (const [, gap, letter, length] of RUNS.join(',').matchAll(
    /([0-9a-z]+)([LMDS])([0-9a-z]+)/g,
  )) {
    const start = at + Number.parseInt(gap, 36);
    at = start + Number.parseInt(length, 36);
    classes.fill(CLASS_OF_LETTER[letter], start, at);
  }
  for (const point of [0x27, 0x2019]) classes[point] = APOSTROPHE;
  for (const point of BREAKS) classes[point] = BREAK;
  table = classes;
  return classes;
}

/** The class of a code point. */
export function classOf(classes: Uint8Array, point: number): number {
  if (point < TABLE_SIZE) return classes[point];
  // The variation selectors are all that is classed up there.
  return point >= 0xe0100 && point <= 0xe01ef ? MARK : SEPARATOR;
}
