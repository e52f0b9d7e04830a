<?php
// What PHP's own tokens say files name: path, line, name in full; for comparing with `names`. Classes are those behind
// new, extends, implements, instanceof, catch, ::, use, # [, and in types; functions end with (). Paths come in on
// standard input. Imports are read as statements, everything else in the namespace it stands in.
error_reporting(0);
const NAMES = [T_STRING, T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED, T_NAME_RELATIVE];
const TYPES = ['self', 'static', 'parent', 'int', 'float', 'string', 'bool', 'array', 'callable', 'iterable', 'object',
    'mixed', 'void', 'never', 'null', 'false', 'true'];

function names(string $path): ?array
{
    $text = file_get_contents($path);
    try {
        PhpToken::tokenize($text, TOKEN_PARSE);
    } catch (ParseError $error) {
        return null;
    }
    $skip = [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT, T_INLINE_HTML];
    $all = array_values(array_filter(PhpToken::tokenize($text, TOKEN_PARSE), fn ($t) => !in_array($t->id, $skip)));
    $count = count($all);
    $namespace = '';
    $imports = $found = $braces = [];
    $classNext = false;
    $note = function (PhpToken $token) use (&$imports, &$namespace, &$found) {
        $name = $token->text;
        if (in_array(strtolower($name), TYPES)) {
            return;
        }
        if ($name[0] === '\\') {
            $full = substr($name, 1);
        } elseif (str_starts_with(strtolower($name), 'namespace\\')) {
            $full = ltrim($namespace . substr($name, 9), '\\');
        } else {
            $first = strtolower(strtok($name, '\\'));
            $rest = substr($name, strlen($first));
            $full = isset($imports[$first]) ? $imports[$first] . $rest : ltrim("$namespace\\$name", '\\');
        }
        $found[$full] ??= $token->line;
    };
    // Types up to what is none.
    $types = function (int $i) use (&$all, $note) {
        while (isset($all[$i])) {
            if ($all[$i]->is(NAMES)) {
                $note($all[$i]);
            } elseif (!$all[$i]->is(['?', '|', '(', ')', T_STATIC, T_ARRAY, T_CALLABLE, T_AMPERSAND_NOT_FOLLOWED_BY_VAR_OR_VARARG])) {
                return $i;
            }
            $i++;
        }
        return $i;
    };
    for ($i = 0; $i < $count; $i++) {
        $t = $all[$i];
        $before = $all[$i - 1] ?? null;
        $next = $all[$i + 1] ?? null;
        $inClass = in_array(true, $braces, true);
        if ($t->is(['{', T_CURLY_OPEN, T_DOLLAR_OPEN_CURLY_BRACES])) {
            $braces[] = $classNext;
            $classNext = false;
        } elseif ($t->is('}')) {
            array_pop($braces);
        } elseif ($t->is(T_NAMESPACE) && ($next?->is(NAMES) || $next?->is('{'))) {
            $namespace = $next->is('{') ? '' : $next->text;
            $imports = [];
        } elseif ($t->is([T_CLASS, T_INTERFACE, T_TRAIT, T_ENUM]) && !$before?->is([T_DOUBLE_COLON, T_OBJECT_OPERATOR])) {
            $classNext = true;
        } elseif ($t->is(T_USE) && !$next->is('(')) {
            for ($j = $i + 1, $group = '', $sort = ''; !$all[$j]->is(';'); $j++) {
                $name = $all[$j];
                if ($inClass) {
                    if ($name->is('{')) {
                        break;
                    }
                    $name->is(NAMES) && $note($name);
                } elseif ($name->is([T_FUNCTION, T_CONST])) {
                    $sort = $name->text;
                } elseif ($name->is(T_NS_SEPARATOR) || $name->is('{')) {
                    $name->is('{') && $group = $last . '\\';
                } elseif ($name->is(NAMES) && $all[$j + 1]->is(T_NS_SEPARATOR)) {
                    $last = ltrim($name->text, '\\');
                } elseif ($name->is(NAMES) && !$all[$j - 1]->is(T_AS)) {
                    $full = $group . ltrim($name->text, '\\');
                    $alias = $all[$j + 1]->is(T_AS) ? $all[$j + 2]->text : substr("\\$full", strrpos("\\$full", '\\') + 1);
                    if ($sort === '') {
                        $imports[strtolower($alias)] = $full;
                    }
                    $found[$full] ??= $name->line;
                }
            }
            $i = $j - 1;
        } elseif ($t->is([T_EXTENDS, T_IMPLEMENTS])) {
            for ($j = $i + 1; $all[$j]->is(NAMES) || $all[$j]->is(','); $j++) {
                $all[$j]->is(NAMES) && $note($all[$j]);
            }
        } elseif ($t->is([T_NEW, T_INSTANCEOF, T_INSTEADOF]) && $next->is(NAMES)) {
            $note($next);
        } elseif ($t->is(NAMES) && $next?->is(T_DOUBLE_COLON) && !$before?->is([T_OBJECT_OPERATOR, T_NULLSAFE_OBJECT_OPERATOR, T_DOUBLE_COLON])) {
            $note($t);
        } elseif ($t->is(T_CATCH)) {
            $types($i + 2);
        } elseif ($t->is(T_ATTRIBUTE)) {
            for ($j = $i + 1, $depth = 0, $begins = true; $depth > 0 || !$all[$j]->is(']'); $j++) {
                $begins && $all[$j]->is(NAMES) && $note($all[$j]);
                $begins = $depth === 0 && $all[$j]->is(',');
                $depth += $all[$j]->is(['(', '[']) ? 1 : ($all[$j]->is([')', ']']) ? -1 : 0);
            }
        } elseif ($t->is([T_FUNCTION, T_FN]) && !$before?->is([T_USE, T_OBJECT_OPERATOR, T_DOUBLE_COLON])) {
            for ($j = $i + 1; !$all[$j]->is('('); $j++);
            $begin = true;
            for ($depth = 0; ; $j++) {
                if ($begin && !$all[$j]->is([T_ATTRIBUTE, T_VARIABLE]) && $depth === 1 && !$all[$j]->is(')')) {
                    while ($all[$j]->is([T_PUBLIC, T_PROTECTED, T_PRIVATE, T_READONLY])) {
                        $j++;
                    }
                    $j = $types($j);
                    $begin = false;
                }
                if ($all[$j]->is(T_ATTRIBUTE)) {
                    for ($inner = 0; $inner > 0 || !$all[$j]->is(']'); $j++) {
                        $inner += $all[$j]->is(['(', '[']) ? 1 : ($all[$j]->is([')', ']']) ? -1 : 0);
                    }
                    continue;
                }
                $begin = $all[$j]->is(',') && $depth === 1 || $all[$j]->is('(') && $depth === 0;
                $depth += $all[$j]->is(['(', '[']) ? 1 : ($all[$j]->is([')', ']']) ? -1 : 0);
                if ($depth === 0) {
                    break;
                }
            }
            if ($all[$j + 1]?->is(T_USE)) {
                for (; !$all[$j]->is(')') || $all[$j + 1]->is(T_USE); $j++);
            }
            $all[$j + 1]?->is(':') && $types($j + 2);
        } elseif ($t->is([T_PUBLIC, T_PROTECTED, T_PRIVATE, T_READONLY, T_VAR]) && end($braces) === true) {
            for ($j = $i + 1; $all[$j]->is([T_STATIC, T_READONLY, T_PUBLIC, T_PROTECTED, T_PRIVATE]); $j++);
            if (!$all[$j]->is([T_FUNCTION, T_CONST, T_FINAL, T_ABSTRACT])) {
                $types($j);
            }
        }
    }
    return $found;
}

while (($path = fgets(STDIN)) !== false) {
    $path = rtrim($path);
    $names = names($path);
    if ($names === null) {
        echo "$path\t0\t\t!broken\n";
        continue;
    }
    foreach ($names as $name => $line) {
        echo "$path\t$line\t\t$name\n";
    }
}
