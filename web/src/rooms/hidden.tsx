/** Hidden: modules that change together although no code connects them, as a graph and as a list. */

import { forceCenter, forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationNodeDatum } from 'd3-force';
import { useState } from 'preact/hooks';
import type { Coupling } from '../document';
import { count, plural } from '../numbers';
import { go, href } from '../route';
import { useTable } from '../shown';
import { CouplingDetail } from './boundaries';
import { short } from '../words';

/** More ties than this are a hairball; the rest stand in the list. */
const MOST_TIES = 80;

export function Hidden({ id }: { id: string | undefined }) {
  const { shown } = useTable();
  const all = shown.document.couplings.filter((one) => one.kind === 'hidden');
  const unknown = shown.document.couplings.filter((one) => one.kind === 'unknown').length;
  if (all.length === 0) {
    return (
      <section>
        <h2>No hidden constraint</h2>
        <p>
          {unknown > 0
            ? `${plural(unknown, 'pair')} of modules change together, but whether code connects them cannot be told here.`
            : 'No two modules change together beyond chance without a dependency in the code that says so.'}
        </p>
      </section>
    );
  }
  const chosen = all.find((one) => one.id === id);
  return (
    <section>
      <h2>What no code says and every change knows</h2>
      <p>
        {plural(all.length, 'pair')} of modules change together beyond chance although neither depends on the other. Thicker:
        further beyond chance. Nothing in the code tells whoever changes one of them to look at the other.
      </p>
      <Graph ties={all.slice(0, MOST_TIES)} chosen={chosen} />
      {all.length > MOST_TIES && <p class="soft small">The {MOST_TIES} strongest are drawn; all are in the list.</p>}
      <ol class="hiddens">
        {all.map((one) => (
          <li id={one.id} class={one === chosen ? 'current' : ''}>
            <h3>
              <a href={href('hidden', one.id)}>
                {one.a} ~ {one.b}
              </a>
              {one.causes[0] && <span class="tag">likely {one.causes[0].kind.replaceAll('-', ' ')}</span>}
            </h3>
            <Behind coupling={one} chosen={one === chosen} />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What is behind a constraint; drawn once it is asked for, for there may be hundreds. */
function Behind({ coupling: one, chosen }: { coupling: Coupling; chosen: boolean }) {
  const [seen, setSeen] = useState(chosen);
  return (
    <details open={chosen} onToggle={(event) => event.currentTarget.open && setSeen(true)}>
      <summary>
        {count(one.shared)} changes of both, {count(one.expected)} by chance
        {one.lift !== null && ` (${one.lift.toFixed(1)}×)`}; {one.recent_shared} in the last year
      </summary>
      {(seen || chosen) && <CouplingDetail coupling={one} />}
    </details>
  );
}

interface Node extends SimulationNodeDatum {
  name: string;
}

const WIDTH = 900;
const HEIGHT = 460;

function Graph({ ties, chosen }: { ties: readonly Coupling[]; chosen: Coupling | undefined }) {
  const { nodes, links, box } = layoutOf(ties);
  const most = Math.max(...ties.map((one) => one.excess));
  return (
    <div class="scroll graph">
      <svg viewBox={box} role="group" aria-label="Hidden constraints as a graph; the list below holds the same">
        {links.map(({ tie, a, b }) => (
          <g
            class={tie === chosen ? 'tie on' : 'tie'}
            role="link"
            tabindex={0}
            aria-label={`${tie.a} and ${tie.b}: ${tie.shared} changes of both, ${tie.expected.toFixed(0)} by chance`}
            onClick={() => go('hidden', tie.id)}
            onKeyDown={(event) => event.key === 'Enter' && go('hidden', tie.id)}
          >
            <line class="wide" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
            <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} stroke-width={1.5 + 7 * Math.sqrt(tie.excess / most)} />
            <title>{`${tie.a} ~ ${tie.b}: ${tie.shared} shared, ${tie.expected.toFixed(0)} by chance`}</title>
          </g>
        ))}
        {nodes.map((node) => (
          <g class="node">
            <circle cx={node.x} cy={node.y} r="6" />
            <text x={node.x} y={(node.y ?? 0) - 11} text-anchor="middle">
              {short(node.name, 30)}
              <title>{node.name}</title>
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

const laid = new WeakMap<Coupling, ReturnType<typeof laidOut>>();

/** Where everything stands is worked out once: it takes tens of milliseconds, and is the same each time. */
function layoutOf(ties: readonly Coupling[]): ReturnType<typeof laidOut> {
  const [first] = ties;
  if (!first) return laidOut(ties);
  const known = laid.get(first) ?? laidOut(ties);
  laid.set(first, known);
  return known;
}

function laidOut(ties: readonly Coupling[]): { nodes: Node[]; links: { tie: Coupling; a: Node; b: Node }[]; box: string } {
  const names = [...new Set(ties.flatMap((tie) => [tie.a, tie.b]))];
  const nodes: Node[] = names.map((name) => ({ name }));
  const of = (name: string): Node => nodes[names.indexOf(name)] ?? { name };
  const links = ties.map((tie) => ({ tie, a: of(tie.a), b: of(tie.b) }));
  const simulation = forceSimulation(nodes)
    .force('tie', forceLink(links.map(({ a, b }) => ({ source: a, target: b }))).distance(120).strength(0.5))
    .force('apart', forceManyBody().strength(-420))
    .force('room', forceCollide(44))
    .force('middle', forceCenter(WIDTH / 2, HEIGHT / 2))
    .force('x', forceX(WIDTH / 2).strength(0.04))
    .force('y', forceY(HEIGHT / 2).strength(0.14))
    .stop();
  // Few settle well in many steps; many are settled enough in fewer.
  const steps = nodes.length > 60 ? 120 : 300;
  simulation.alphaDecay(1 - 0.001 ** (1 / steps)).tick(steps);
  const [xs, ys] = [nodes.map((node) => node.x ?? 0), nodes.map((node) => node.y ?? 0)];
  const [left, top] = [Math.min(...xs) - 120, Math.min(...ys) - 50];
  const [wide, high] = [Math.max(...xs) + 120 - left, Math.max(...ys) + 36 - top];
  // A wide box, so that few ties are not blown up to the width of the page.
  const width = Math.max(wide, 760, high * 1.6);
  const box = `${left - (width - wide) / 2} ${top} ${width} ${high}`;
  return { nodes, links, box };
}
