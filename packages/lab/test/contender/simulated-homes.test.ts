// A run in virtual time has the homes of a live one: who can feed in, and what a total lacks for that.
import { EXPORT_LANE, IMPORT_LANE, obisCode } from '@hushgrid/primitives'
import { SimulatedNeighbourhood } from '@hushgrid/simulator'
import { describe, expect, it } from 'vitest'
import { homesOf } from '../../src/contender/simulated-homes.ts'
import { fillableOf, homeLanes, syntheticReadings } from '../../src/meters/readings.ts'
import { labNetwork } from '../../src/neighbourhood/network.ts'

const SEED = 'homes'

describe('the homes of a simulated run', () => {
  it.each([10, 24])('of %i members fill the lanes that they fill in a live run of the seed, newcomers too', members => {
    const network = labNetwork(members)
    const { lanesOf } = homesOf({ network, seed: SEED, operations: [{ at: 1, do: 'join', meter: members }] })
    const live = fillableOf(syntheticReadings(network, members + 1, SEED).recipe)
    for (let home = 0; home <= members; home++)
      expect(lanesOf?.(home)).toEqual(live(home, [IMPORT_LANE, EXPORT_LANE]).map(obis => ({ obis, consent: false })))
  })

  it('have totals without the lane that too few can fill, which say so', () => {
    const results = [10, 24].map(members => {
      const network = labNetwork(members)
      const neighbourhood = new SimulatedNeighbourhood({ ...homesOf({ network, seed: SEED, operations: [] }), signatures: 'stand-in' })
      let result: { readonly open: unknown; readonly withheld: unknown } | undefined
      const { observe } = neighbourhood.aggregatorNode
      neighbourhood.aggregatorNode.observe = output => {
        observe?.(output)
        if (output.type === 'total') result ??= { open: output.open, withheld: output.withheld }
      }
      neighbourhood.runSlots(2)
      expect(neighbourhood.result().slots.map(({ exact }) => exact)).toEqual([true, true])
      return result
    })
    const able = fillableOf(syntheticReadings(labNetwork(10), 10, SEED).recipe)
    const feeding = Array.from({ length: 10 }, (_, home) => home).filter(home => able(home, [EXPORT_LANE]).length > 0).length
    expect(results).toEqual([
      { open: [IMPORT_LANE], withheld: { [EXPORT_LANE]: { able: feeding, of: 10, needed: 6 } } },
      { open: [IMPORT_LANE, EXPORT_LANE], withheld: {} }
    ])
  })

  it('can all fill a lane that no synthetic home has', () => {
    const reactive = obisCode('1-0:3.29.0')
    const lanes = [{ obis: reactive, maxReading: 100, support: 6 }]
    expect(homeLanes({ lanes }, 4, SEED)(3)).toEqual([{ obis: reactive, consent: false }])
  })
})
