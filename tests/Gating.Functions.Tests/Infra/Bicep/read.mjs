// Says as JSON what stands in Bicep files, one line a file: what is declared, what is referred to, and the bodies of resources and modules. Arguments: the files.
// Literals are themselves; what only a compiler could work out is {"$": its text}, a choice {"$if", "then", "else"}, a call {"$call", "args"}.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Language, Parser } from 'web-tree-sitter';

await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(fileURLToPath(new URL('node_modules/tree-sitter-bicep/tree-sitter-bicep.wasm', import.meta.url))));

const named = (node) => node.namedChildren.filter((child) => child !== null && child.type !== 'comment');
const literal = (node) => named(node).every((part) => part.type === 'string_content') ? node.text.slice(1, -1) : { $: node.text };
const keyOf = (node) => node.type === 'string' ? node.text.slice(1, -1) : node.text;

function valueOf(node) {
  switch (node.type) {
    case 'string': return literal(node);
    case 'number': return Number(node.text);
    case 'boolean': return node.text === 'true';
    case 'null': return null;
    case 'array': return named(node).map(valueOf);
    case 'object': return Object.fromEntries(named(node).filter((child) => child.type === 'object_property').map((child) => [keyOf(named(child)[0]), valueOf(named(child).at(-1))]));
    case 'ternary_expression': return { $if: named(node)[0].text, then: valueOf(named(node)[1]), else: valueOf(named(node)[2]) };
    case 'call_expression': return { $call: named(node)[0].text, args: named(named(node).at(-1)).map(valueOf) };
    case 'for_statement': case 'if_statement': case 'parenthesized_expression': return valueOf(named(node).at(-1));
    default: return { $: node.text };
  }
}

function read(path) {
  const text = readFileSync(path, 'utf8');
  const root = parser.parse(text).rootNode;
  const file = { errors: [], parameters: [], variables: {}, resources: [], modules: [], outputs: [], declared: [], references: [], calls: [], keys: [], targetScope: null };
  const declare = (name) => file.declared.push(name);
  let decorators = [];

  function visit(node, parent, place) {
    if (node.type === 'ERROR' || node.isMissing) {
      file.errors.push(`line ${node.startPosition.row + 1}: ${node.text.slice(0, 40)}`);
    }

    if (node.type === 'comment') {
      return;
    }

    if (node.type === 'identifier') {
      const isKey = parent.type === 'object_property' && place === 0;
      const isName = parent.type.endsWith('_declaration') && place === 0;
      if (parent.type === 'call_expression' && place === 0) {
        file.calls.push(node.text);
      } else if (parent.type === 'for_statement' && place === 0 && named(parent)[0].type === 'identifier') {
        declare(node.text);
      } else if (!isKey && !isName) {
        file.references.push(node.text);
      }
    }

    if (node.type === 'loop_variable' || node.type === 'loop_enumerator') {
      declare(node.text);
    }

    if (node.type === 'property_identifier' && parent.parent?.type === 'call_expression') {
      file.calls.push(node.text);
    }

    if (node.type === 'object_property') {
      file.keys.push(keyOf(named(node)[0]));
    }

    named(node).forEach((child, i) => visit(child, node, i));
  }

  visit(root, root, 0);
  for (const node of named(root)) {
    const parts = named(node);
    const name = parts[0]?.text;
    switch (node.type) {
      case 'target_scope_assignment': file.targetScope = valueOf(parts[0]); break;
      case 'decorators': decorators = parts.map((part) => valueOf(named(part)[0])); continue;
      case 'parameter_declaration': declare(name); file.parameters.push({ name, hasDefault: parts.length > 2, isNullable: parts[1].text.endsWith('?') || node.text.trim().endsWith('?'), decorators }); break;
      case 'variable_declaration': declare(name); file.variables[name] = valueOf(parts.at(-1)); break;
      case 'resource_declaration': {
        declare(name);
        const [type, version] = valueOf(parts[1]).split('@');
        file.resources.push({ name, type, version, isExisting: /^resource\s+\w+\s+'[^']+'\s+existing\b/.test(node.text), body: valueOf(parts.at(-1)) });
        break;
      }
      case 'module_declaration': declare(name); file.modules.push({ name, path: valueOf(parts[1]), body: valueOf(parts.at(-1)) }); break;
      case 'output_declaration': file.outputs.push({ name, text: parts.at(-1).text }); break;
      default: break;
    }

    decorators = [];
  }

  return file;
}

for (const path of process.argv.slice(2)) {
  console.log(JSON.stringify({ path, ...read(path) }));
}
