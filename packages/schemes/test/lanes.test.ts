import { InvalidArgumentError } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { SchemeOptions } from '../src/options.ts'
import type { Scheme } from '../src/scheme.ts'
import { SCHEMES } from '../src/schemes/registered.ts'
import { SHORT_KEYS } from './support/keys.ts'
import { SmallGroup, shown } from './support/small-group.ts'

const sharing = Object.values(SCHEMES)
  .map(make => (make as (options?: SchemeOptions) => Scheme)(SHORT_KEYS))
  .filter(({ facts }) => facts.mostLanes !== undefined && facts.yields !== 'bills')

/** Largest readings that the scheme takes, for two meters. */
const rowsOf = ({ facts }: Scheme, lanes: number): bigint[][] => [Array(lanes).fill(facts.maxReading), Array(lanes).fill(facts.maxReading)]

describe.each(sharing.map(scheme => ({ scheme, name: scheme.name, most: scheme.facts.mostLanes as number })))(
  '$name, whose lanes share one number',
  ({ scheme, most }) => {
    it('is exact with as many as it says, at their largest', () => {
      const group = new SmallGroup(scheme, { meters: 2, lanes: most })
      const total = shown(group.slot(rowsOf(scheme, most)).outcome, group.group)
      expect(total).toEqual(Array(most).fill(2n * scheme.facts.maxReading))
    })

    it('refuses one more; with two it would be wrong', () => {
      expect(() => new SmallGroup(scheme, { meters: 2, lanes: most + 1 })).toThrow(InvalidArgumentError)
      const { mostLanes: _, ...facts } = scheme.facts
      const unchecked = new SmallGroup({ ...scheme, facts }, { meters: 2, lanes: most + 2 })
      const total = shown(unchecked.slot(rowsOf(scheme, most + 2)).outcome, unchecked.group)
      expect(total).not.toEqual(Array(most + 2).fill(2n * scheme.facts.maxReading))
    })
  }
)
