/** What was left out or is unknown, and how everything was measured. */

import { Copy, markdownTable } from '../parts/copy';
import { count } from '../numbers';
import { href } from '../route';
import { useTable } from '../shown';
import { capital } from '../words';

export function LeftOut() {
  const { shown } = useTable();
  const { ledger, page } = shown.document;
  return (
    <>
      <section>
        <div class="head">
          <h2>What was left out or is unknown</h2>
          <Copy what="what was left out" of={() => markdownTable(['How many', 'What and why'], ledger.map((line) => [count(line.count), line.why]))} />
        </div>
        <p class="soft">An empty number is no good news when a filter emptied it. Everything that did not count is here.</p>
        <ul class="ledger">
          {ledger.map((line) => (
            <li>
              <b>{count(line.count)}</b>
              <span>{line.why}</span>
            </li>
          ))}
          {ledger.length === 0 && (
            <li>
              <b>0</b>
              <span>Nothing: everything in the history counts.</span>
            </li>
          )}
        </ul>
      </section>
      <section class="method">
        <h2>How this was measured</h2>
        <dl>
          {page.method.map((one) => (
            <>
              <dt>
                <a href={href('measure', one.name)}>{capital(one.name.replaceAll('_', ' '))}</a>: {one.question}
              </dt>
              <dd>{one.definition}</dd>
              <dd class="soft">When it lies: {one.limits}</dd>
              <dd class="soft">Source: {one.source}</dd>
            </>
          ))}
        </dl>
      </section>
    </>
  );
}
