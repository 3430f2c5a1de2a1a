// What each contender protects, and whom it trusts: from its facts.
import { type Cell, name, words } from '../../tables/table.ts'
import { FAMILY_TITLES, KNOWN_CONTENDERS, knownContender } from '../../values/contender-facts.ts'
import { seriesAgainst } from '../../values/series.ts'
import type { Exhibit } from '../exhibit.ts'

export const security: Exhibit = {
  name: 'security',
  title: 'Security and trust',
  make: scene => {
    const measured = seriesAgainst(scene, 'n')
    const names = measured.length > 0 ? [...new Set(measured.map(({ contender }) => contender))] : KNOWN_CONTENDERS.map(each => each.name)
    const contenders = names.map(knownContender)
    const strengths = (contender: string): string => {
      const { strength } = knownContender(contender)
      const lengths = [...new Set(measured.filter(each => each.contender === contender).map(({ bits }) => bits))]
      const texts = (lengths.length > 0 ? lengths : [null]).map(bits => `${strength(bits)}${lengths.length > 1 ? ` at ${bits} bits` : ''}`)
      return [...new Set(texts)].join(', ')
    }
    return {
      figures: [],
      tables: [
        {
          name: 'security',
          title: 'What each contender protects, and whom it trusts',
          columns: [
            name('contender'),
            name('family'),
            name('dealer'),
            words('strength (bits)'),
            words('a member is missing'),
            words('must collude to see a reading')
          ],
          rows: contenders.map((each): Cell[] => [
            each.name,
            FAMILY_TITLES[each.family],
            each.dealer,
            strengths(each.name),
            each.missing,
            each.collusion
          ]),
          notes: [
            'Strength of the weakest part against today’s computers, after NIST SP 800-57 part 1 revision 5 (2020), table 2. Every contender’s messages are signed; most papers have no such thing.',
            'Taken from what is known of each contender, not measured. No contender protects from what successive totals tell about a member that comes or goes between them, or from false readings.'
          ]
        },
        {
          name: 'security-uncertain',
          title: 'What is uncertain about the schemes as they stand here',
          columns: [name('contender'), words('chosen here, or not checked'), words('source')],
          rows: contenders
            .filter(({ uncertain }) => uncertain.length > 0)
            .map((each): Cell[] => [each.name, each.uncertain.join(' '), each.citation ?? '–']),
          notes: []
        }
      ],
      caption:
        'Families, dealers, what becomes of a slot with a missing meter, and who must collude to see a reading; who sees one alone is among the views. A cheaper contender that trusts more is not better than a dearer one that trusts less.',
      remarks: []
    }
  }
}
