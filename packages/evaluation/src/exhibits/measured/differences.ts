// Costs beside those of a reference contender, repeat by repeat.
import { dotPanel } from '../../figures/dot-panel.ts'
import type { Paired } from '../../statistics/paired.ts'
import { BOUNDS_NOTE, type Cell, cell, name, number } from '../../tables/table.ts'
import { type Compared, comparedWith, PAIRED_MEASURES, referenceOf } from '../../values/paired-runs.ts'
import { oneDrive } from '../../values/scene.ts'
import { type Exhibit, notThere } from '../exhibit.ts'

const CAPTION =
  'Each contender’s cost over that of the reference in the same repeat, over the slots in which both have a total, on the same readings, keys, waits and missing meters, so that what repeats vary by together falls out. Runs in virtual time, where there are any; runs that warmed up for another number of slots are no pair. An interval on both sides of 1 leaves open which of the two costs more; a range says nothing of other runs either way.'

export const differences: Exhibit = {
  name: 'differences',
  title: 'Paired differences',
  make: all => {
    const scene = oneDrive(all)
    const reference = referenceOf(scene)
    const compared = reference ? comparedWith(scene, reference) : []
    const enough = compared.some(({ paired }) => Object.values(paired).some(each => each && each.difference.count > 1))
    if (!reference || !enough) return notThere(CAPTION, 'it takes two contenders with two repeats in common')
    const labels = compared.map(({ series }) => series.label)
    const alone = compared.filter(({ runs }) => runs.length === 0).map(({ series }) => series.label)
    const panels = PAIRED_MEASURES.map(({ key, short }) =>
      dotPanel(
        compared.flatMap(({ series, paired }) => {
          const ratio = paired[key]?.ratio
          return ratio && ratio.count > 1 ? [{ ...ratio, label: series.label, kind: key }] : []
        }),
        { xTitle: `${short} (× ${reference.label})`, labels, kinds: [key], rule: 1 }
      )
    )
    return {
      figures: [
        {
          name: 'differences',
          alt: `Costs over those of ${reference.label} in the same repeat, a row for each contender.`,
          panels: panels.flat(),
          columns: { column: 1, full: 3 }
        }
      ],
      tables: [
        {
          name: 'differences',
          title: `Costs beside those of ${reference.label}, repeat by repeat`,
          columns: [
            name('contender'),
            number('n'),
            ...PAIRED_MEASURES.flatMap(({ title, unit }) => [number(title, unit), number('over it', '×')]),
            number('pairs')
          ],
          rows: compared.map(rowOf),
          notes: [
            BOUNDS_NOTE,
            'Median differences of pairs and their ratios; the interval is the sign test’s. A run without a partner counts in nothing; a household is its meter, with its device where a scheme has one.'
          ]
        }
      ],
      caption: `${CAPTION} The reference is ${reference.label}.`,
      remarks: alone.length === 0 ? [] : [`Without a pair: ${alone.join(', ')}.`],
      basis: { runs: [...new Set(compared.flatMap(({ runs }) => runs))], slots: null },
      bounds: 'pairs'
    }
  }
}

function rowOf({ series, n, paired }: Compared): readonly Cell[] {
  const pairs = (each: Paired | null | undefined): readonly Cell[] => [cell(each?.difference ?? null), cell(each?.ratio ?? null)]
  return [
    series.label,
    n,
    ...PAIRED_MEASURES.flatMap(({ key }) => pairs(paired[key])),
    Math.max(0, ...Object.values(paired).map(each => each?.difference.count ?? 0))
  ]
}
