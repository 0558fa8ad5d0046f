/**
 * The public surface as text: what the emitted declarations of an entry point export, and whatever else these speak
 * of, without comments and without what is private, protected or internal. Sorted by name, so that the text changes
 * only when the surface does.
 */

import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OPTIONS: ts.CompilerOptions = {
  noLib: true,
  types: [],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
};

type Checker = ts.TypeChecker;

/** The symbol that an import or export stands for. */
function meant(symbol: ts.Symbol, checker: Checker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

type Member = ts.ClassElement | ts.TypeElement;

function isHidden(member: Member): boolean {
  const flags = ts.getCombinedModifierFlags(member);
  if (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) return true;
  if (member.name !== undefined && ts.isPrivateIdentifier(member.name)) return true;
  return ts.getJSDocTags(member).some((tag) => tag.tagName.text === 'internal');
}

/** A class or an interface without the members that no user meets. */
function shown(node: ts.Node): ts.Node {
  const isShown = (member: Member): boolean => !isHidden(member);
  if (ts.isInterfaceDeclaration(node)) {
    const { modifiers, name, typeParameters, heritageClauses: bases } = node;
    const members = node.members.filter(isShown);
    const { updateInterfaceDeclaration: update } = ts.factory;
    return update(node, modifiers, name, typeParameters, bases, members);
  }
  if (!ts.isClassDeclaration(node)) return node;
  const { modifiers, name, typeParameters, heritageClauses: bases } = node;
  const members = node.members.filter(isShown);
  return ts.factory.updateClassDeclaration(node, modifiers, name, typeParameters, bases, members);
}

/** The statement that declares a symbol: for a constant, the whole `const`. */
function statementOf(declaration: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

/** Symbols of this package that a declaration names. */
function named(node: ts.Node, checker: Checker): ts.Symbol[] {
  const symbols: ts.Symbol[] = [];
  const visit = (child: ts.Node): void => {
    if ((ts.isClassElement(child) || ts.isTypeElement(child)) && isHidden(child)) return;
    if (ts.isIdentifier(child)) {
      const symbol = checker.getSymbolAtLocation(child);
      if (symbol !== undefined) symbols.push(meant(symbol, checker));
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return symbols.filter(
    ({ declarations }) =>
      declarations?.every((one) => ts.isSourceFile(statementOf(one).parent)) ?? false,
  );
}

function printed(symbol: ts.Symbol, name: string): string {
  const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });
  const texts = (symbol.declarations ?? []).map((declaration) => {
    const statement = statementOf(declaration);
    return printer.printNode(
      ts.EmitHint.Unspecified,
      shown(statement),
      declaration.getSourceFile(),
    );
  });
  const text = [...new Set(texts)].join('\n').replace(/^(export )?(declare )?/gm, '');
  return symbol.name === name ? text : `${name} = ${text}`;
}

/** An entry point's surface: its exports, then what they speak of without exporting it. */
export function surfaceOf(entry: string): { exports: string[]; text: string } {
  const file = `${ROOT}${entry}`;
  const program = ts.createProgram([file], OPTIONS);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} must be built and have exports`);
  const exported = new Map(
    checker.getExportsOfModule(module).map((symbol) => [meant(symbol, checker), symbol.name]),
  );
  const found = new Set(exported.keys());
  for (const symbol of found) {
    const statements = (symbol.declarations ?? []).map(statementOf);
    for (const other of statements.flatMap((node) => named(node, checker))) found.add(other);
  }
  const list = (symbols: ts.Symbol[]): string =>
    symbols
      .map((symbol) => printed(symbol, exported.get(symbol) ?? symbol.name))
      .sort()
      .join('\n');
  const others = [...found].filter((symbol) => !exported.has(symbol));
  const text = `${list([...exported.keys()])}\n\n// not exported\n\n${list(others)}\n`;
  return { exports: [...exported.values()].sort(), text };
}
