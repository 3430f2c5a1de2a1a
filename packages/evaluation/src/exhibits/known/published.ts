// Figures of other papers beside ours: those whose source was read, with the sentence or table that they stand in.
import { BOUNDS_NOTE, type Cell, name, summaryText, words } from '../../tables/table.ts'
import { slotBasis } from '../../values/basis.ts'
import { perReading, steadyCount } from '../../values/run-values.ts'
import { headlineOf, type Series, seriesAgainst, summaryOf } from '../../values/series.ts'
import type { Exhibit } from '../exhibit.ts'

/** A figure of a publication. */
interface Published {
  readonly source: string
  /** Place in the source where the figure was read. */
  readonly place: string
  readonly what: string
  readonly figure: string
  /** Key size and machine, as far as the place says. */
  readonly setting: string
  /** Contenders that do something like it. */
  readonly beside: readonly string[]
  /** Why the two are not the same. */
  readonly caution: string
}

const PUBLISHED: readonly Published[] = [
  {
    source: 'D. Chai, he-benchmark (GitHub, Di-Chai/he-benchmark)',
    place: 'README-New.md, table of python-paillier',
    what: 'one Paillier encryption; one decryption',
    figure: '19.6 ms; 5.9 ms',
    setting: '2048 bits; Intel, six cores, 3.7 GHz',
    beside: ['pes-direct', 'pes-reencrypt', 'joye-libert'],
    caution: 'a benchmark of a library, not a paper; an encryption alone, where a reading here is encrypted, packed, signed and sent'
  },
  {
    source:
      'F. Zaredar, M. Amini: A Collusion-Resistance Privacy-Preserving Smart Metering Protocol for Operational Utility. arXiv:2508.14744v1, 2025',
    place: 'abstract',
    what: 'the whole protocol',
    figure: 'about 2.21 s',
    setting: 'Paillier of 1024 bits (80 bits of security); number of meters and machine are not in the abstract',
    beside: ['pes-direct', 'garcia-jacobs'],
    caution: 'keys of half the length, and another protocol: not comparable, and shown for the order of magnitude only'
  },
  {
    source:
      'J. Takeshita, Z. Carmichael, R. Karl, T. Jung: TERSE: Tiny Encryptions and Really Speedy Execution for Post-Quantum Private Stream Aggregation',
    place: 'abstract',
    what: 'one encryption; adding up 1000 users',
    figure: '0.0003 ms; 0.0067 ms',
    setting: 'lattices, on a smartphone and a server',
    beside: ['shi', 'joye-libert', 'kursawe-low-overhead'],
    caution:
      'online part alone, after masks were made beforehand: uncertain what the setting leaves out; other assumptions, and nobody signs'
  },
  {
    source:
      'R. Taiello and others: Enhancing Privacy in Federated Learning: Secure Aggregation for Real-World Healthcare Applications. arXiv:2409.00974v1, 2024',
    place: 'abstract',
    what: 'the protection phase of one client, with the scheme of Joye and Libert and with low-overhead masking',
    figure: 'less than 10 s',
    setting: 'vectors of a model; length of the key and of the vectors are not in the abstract',
    beside: ['joye-libert', 'kursawe-low-overhead'],
    caution:
      'a vector of many thousand values, where a reading has a few lanes: comparable for each value only, and the number of values is uncertain'
  }
]

export const published: Exhibit = {
  name: 'published',
  title: 'Figures that other publications print, for orientation',
  make: scene => {
    const { series } = headlineOf(seriesAgainst(scene, 'n'))
    return {
      figures: [],
      tables: [
        {
          name: 'published',
          title: 'Figures that other publications print, for orientation',
          columns: [
            words('source'),
            words('what was measured'),
            name('published'),
            words('setting'),
            words('ours: CPU of a household (ms per reading)'),
            words('why it is not the same')
          ],
          rows: PUBLISHED.map((each): Cell[] => [
            `${each.source}; ${each.place}`,
            each.what,
            each.figure,
            each.setting,
            ours(series, each.beside),
            each.caution
          ]),
          notes: [
            BOUNDS_NOTE,
            'A short table, since only figures are in it whose place was read. The papers of the schemes themselves could not be read in full; which of them measured what, and on which keys, is not repeated here from hearsay. Timings of this field are often for moduli of 1024 bits (80 bits of security) or shorter.'
          ]
        }
      ],
      caption:
        'Figures of other publications beside those of contenders that do something like it. Machines, key sizes and what was timed differ: read the last column first.',
      remarks: [],
      basis: slotBasis(
        series.filter(({ contender }) => PUBLISHED.some(({ beside }) => beside.includes(contender))),
        steadyCount
      )
    }
  }
}

/** Gives our figures at the headline's size, with the length of the key where there is one. */
function ours(series: readonly Series[], contenders: readonly string[]): string {
  const texts = series
    .filter(({ contender }) => contenders.includes(contender))
    .flatMap(({ label, bits, cells }) =>
      cells.flatMap(point => {
        const found = summaryOf(point, run => perReading(run, 'house', 'cpuMs'))
        if (!found) return []
        return [`${label}${bits === null || label.includes(String(bits)) ? '' : ` ${bits}`}, n = ${point.point.n}: ${summaryText(found)}`]
      })
    )
  return texts.length === 0 ? 'not in this evaluation' : texts.join('; ')
}
