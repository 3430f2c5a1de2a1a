// What each party has of a slot, from ledgers, and what it learns of a reading, from facts.
import { CONTENDERS, ROLE_TITLES } from '@hushgrid/lab'
import { SCHEMES, type SchemeName, viewsOf } from '@hushgrid/schemes'
import { type Cell, name, number, words } from '../../tables/table.ts'
import { KNOWN_CONTENDERS, knownContender } from '../../values/contender-facts.ts'
import { seriesAgainst } from '../../values/series.ts'
import type { Exhibit } from '../exhibit.ts'

export const views: Exhibit = {
  name: 'views',
  title: 'What each party sees',
  make: scene => {
    const measured = seriesAgainst(scene, 'n')
    const names = measured.length > 0 ? [...new Set(measured.map(({ contender }) => contender))] : KNOWN_CONTENDERS.map(each => each.name)
    const own = CONTENDERS.filter(({ facts }) => names.includes(facts.name))
    const schemes = names.filter((each): each is SchemeName => each in SCHEMES && !own.some(({ facts }) => facts.name === each))
    return {
      figures: [],
      tables: [
        {
          name: 'views',
          title: 'Bodies of one slot among five meters that a party of each role has',
          columns: [name('contender'), name('role'), number('sent'), number('received'), number('overheard'), number('sealed from it')],
          rows: schemes.flatMap(scheme =>
            viewsOf(scheme).map((view): Cell[] => [scheme, titleOf(view.role), view.sent, view.received, view.overheard, view.sealed])
          ),
          notes: [
            'From the ledger of a run of each scheme. Received: meant for it. Overheard: meant for others and not sealed by the scheme, so that whoever taps the link, or carries the message, reads the body; links between nodes are encrypted besides. Sealed: meant for others and closed to it. A body that is read need not tell anything: it may be a ciphertext.'
          ]
        },
        {
          name: 'views-words',
          title: 'What a curious party learns of a reading',
          columns: [name('contender'), words('sees a reading alone'), words('must collude to see one')],
          rows: names.map((each): Cell[] => [each, knownContender(each).sees, knownContender(each).collusion]),
          notes: [
            'Taken from what is known of each contender. Of schemes whose values are sums modulo a power of two, tests compute from the ledger who can solve for a reading, and hold these words to it.'
          ]
        },
        {
          name: 'views-own',
          title: 'What each party of the house’s own contenders sees',
          columns: [name('contender'), name('role'), words('sees')],
          rows: own.flatMap(({ facts, shown }) =>
            (shown?.sight ?? []).map((sight): Cell[] => [facts.name, ROLE_TITLES[sight.role], sight.sees])
          ),
          notes: []
        }
      ].filter(({ rows }) => rows.length > 0),
      caption:
        'What the parties of each role have of a slot’s messages, and what that tells them of a single reading. Known without a run.',
      remarks: []
    }
  }
}

/** Names a role of a scheme; roles that no run of the lab has are named as the scheme does. */
const titleOf = (role: string): string => (ROLE_TITLES as Readonly<Record<string, string>>)[role] ?? role.replace('-', ' ')
