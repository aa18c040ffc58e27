import type { AppendRequest, MindEvent } from '#libs/contracts';
import { commitmentFold, type CommitmentState } from '#libs/mind';
import { rebindRule } from '../../../services/commitment/src/core/rebind.rule';
import { OutcomeWriter } from '../../../services/conversation/src/app/outcome-writer';
import { TickAppender } from '../../../services/tick-coordinator/src/app/tick-appender';
import { all, instead, renamed, type Bug } from './bug';

type Append = (request: AppendRequest, options?: object) => Promise<unknown>;
type Logs = { log: { append: Append } };

/** Everything that this object appends gets ids by chance. */
const byChance = (prototype: object, method: string) =>
  instead<Logs, unknown[], unknown>(
    prototype,
    method,
    (first) =>
      function (...given) {
        const { log } = this;
        const append: Append = (request, options) =>
          log.append({ ...request, events: renamed(request.events) }, options);
        return first.apply(Object.assign(Object.create(this) as Logs, { log: { ...log, append } }), given);
      },
  );

/** The bugs of what is decided, and of what makes it happen once. */
export const ruleBugs: readonly Bug[] = [
  {
    name: 'tick-ids-by-chance',
    about: "a tick's id does not derive from its number",
    plant: () => byChance(TickAppender.prototype, 'append'),
  },
  {
    name: 'outcome-ids-by-chance',
    about: "the id of a turn's outcome does not derive from the turn",
    plant: () => byChance(OutcomeWriter.prototype, 'reply'),
  },
  {
    name: 'rebind-decided-once',
    about: 'a rebind that could not be appended at the adoption is not looked at again at ticks',
    plant: () => {
      const rule = rebindRule as { kinds: readonly string[] };
      const { kinds } = rule;
      rule.kinds = ['identity_adopt'];
      return () => (rule.kinds = kinds);
    },
  },
  {
    name: 'rebind-duty-cleared-early',
    about: 'the fold forgets the duty to rebind at the next tick, done or not',
    plant: () =>
      all([
        instead<object, [CommitmentState, MindEvent], CommitmentState>(
          commitmentFold,
          'evolve',
          (first) =>
            function (state, event) {
              if (event.kind === 'autonomy_tick') state.commitments.rebinds.clear();
              return first.call(this, state, event);
            },
        ),
        instead<object, [string], readonly string[]>(
          commitmentFold,
          'touchedBy',
          (first) =>
            function (kind) {
              return kind === 'autonomy_tick' ? commitmentFold.sectionNames : first.call(this, kind);
            },
        ),
      ]),
  },
];
