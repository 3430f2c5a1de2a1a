// A simulated neighbourhood from its first roster on: totals, crashes in every phase, roles that are away, and determinism.
import { equalBytes, zeroLanes } from '@hushgrid/primitives'
import type { ChurnResult } from '@hushgrid/scenarios'
import { describe, expect, it } from 'vitest'
import type { NeighbourhoodOptions } from '../../src/neighbourhood/config.ts'
import { SimulatedNeighbourhood } from '../../src/neighbourhood/simulated-neighbourhood.ts'
import { syntheticReadings } from '../../src/neighbourhood/synthetic-readings.ts'

const FACTS: NeighbourhoodOptions = { members: 16, degree: 6, minMembers: 4, signatures: 'stand-in', seed: 'neighbourhood' }

function run(
  slots: number,
  prepare: (n: SimulatedNeighbourhood) => void = () => {},
  options: Partial<NeighbourhoodOptions> = {}
): ChurnResult {
  const neighbourhood = new SimulatedNeighbourhood({ ...FACTS, ...options })
  prepare(neighbourhood)
  neighbourhood.runSlots(slots)
  expect(neighbourhood.recorder.violations).toEqual([])
  return neighbourhood.result()
}

const results = (result: ChurnResult): string[] => result.slots.map(slot => (slot.exact ? 'exact' : slot.result))

describe('a simulated neighbourhood in calm', () => {
  it.each(['ed25519', 'stand-in'] as const)('has exact totals of all members before the deadline (%s)', signatures => {
    const result = run(4, undefined, { signatures })
    expect(results(result)).toEqual(['exact', 'exact', 'exact', 'exact'])
    for (const slot of result.slots) {
      expect(slot).toMatchObject({ epoch: 0, members: 16, present: 16, submitted: 16, missing: [], heard: 16, releases: 0 })
      expect(slot.latency).toBeLessThan(0)
    }
    expect(result).toMatchObject({ changes: [], faults: [], evidence: [] })
  })

  it('is the same again for the same seed, message by message, and another for another', () => {
    const trace = (seed: string): [number, number, number, Uint8Array][] => {
      const sent: [number, number, number, Uint8Array][] = []
      run(
        2,
        n => {
          n.network.onSent = ({ from, to, at, bytes }) => sent.push([from, to, at, bytes])
          n.schedule(1, () => n.crash(3))
        },
        { seed }
      )
      return sent
    }
    const [one, same, other] = [trace('one'), trace('one'), trace('other')]
    expect(one.length).toBeGreaterThan(100)
    expect(same).toEqual(one)
    expect(other).not.toEqual(one)
  })

  it('does not take a total for exact that is not the sum of its contributors’ readings', () => {
    const made = syntheticReadings('seed', 2)
    let honest = true
    const result = run(
      3,
      n =>
        n.schedule(1.9, () => {
          honest = false
        }),
      {
        // What the recorder compares with changes after the second slot; what was submitted is the same function's word.
        readings: (meter, slot) => {
          const reading = made(meter, slot)
          if (!honest && reading && meter === 5 && new Error('where').stack?.includes('slot-record')) reading[0] = (reading[0] ?? 0n) + 1n
          return reading
        }
      }
    )
    expect(results(result)).toEqual(['exact', 'exact', 'total'])
    expect(result.summary).toMatchObject({ exact: 2, wrong: 1, lost: 0 })
  })

  it('counts a meter without a reading as missing', () => {
    const result = run(2, undefined, { readings: (meter, slot) => (meter === 2 && slot % 2 === 1 ? undefined : zeroLanes(2)) })
    expect(result.slots.map(slot => slot.missing)).toEqual([[], [2]])
    expect(results(result)).toEqual(['exact', 'exact'])
  })
})

describe('a crash', () => {
  it('before submitting is recovered by its neighbours’ releases, in the protocol’s window', () => {
    const result = run(3, n => n.schedule(1 - 1 / 16, () => n.crash(7)))
    expect(results(result)).toEqual(['exact', 'exact', 'exact'])
    expect(result.slots[1]).toMatchObject({ submitted: 15, missing: [7], recovered: true, releases: 6, heard: 15 })
    // D + 7u.
    expect(result.slots[1]?.latency).toBeLessThan(7 * 56_250)
    expect(result.changes.filter(change => change.kind === 'crash')).toMatchObject([
      { meter: 7, slot: 1, keyAgreements: { own: 0, others: 0 } }
    ])
  })

  it('before submitting comes before a tick by the meter’s own clock, also where that is ahead', () => {
    const result = run(3, n => {
      n.meter(7).offset = 30_000
      n.schedule(1 - 1 / 16, () => n.armCrash(7, 'before-submitting', n.slot(1)))
    })
    expect(result.slots.map(slot => slot.submitted)).toEqual([16, 15, 15])
  })

  it('after submitting costs the slot nothing', () => {
    const result = run(2, n => n.schedule(1 - 1 / 16, () => n.armCrash(7, 'after-submitting', n.slot(1))))
    expect(result.slots[1]).toMatchObject({ submitted: 16, missing: [], exact: true, heard: 15 })
  })

  it('while releasing loses the slot, and the loss names the one that owed a release', () => {
    const neighbourOf7: number[] = []
    const result = run(2, n => {
      n.schedule(1 - 1 / 16, () => {
        n.crash(7)
        const held = n.aggregatorNode.state.book.latest
        if (!held) throw new Error('a roster in force')
        const [first] = held.roster.neighbours(held.roster.indexOf(n.meter(7).id) ?? 0)
        const meter = n.meterOf(held.roster.meterId(first ?? 0)) ?? 0
        neighbourOf7.push(meter)
        n.armCrash(meter, 'while-releasing', n.slot(1))
      })
    })
    expect(result.slots[1]).toMatchObject({ submitted: 15, result: 'lost', reason: 'Unanswered', named: neighbourOf7, releases: 5 })
  })

  it('is over with the restart: the same journal, and no submission twice', () => {
    const result = run(5, n => {
      n.schedule(1 - 1 / 16, () => n.armCrash(7, 'after-submitting', n.slot(1)))
      n.schedule(1.1, () => n.restart(7, 'intact'))
      n.schedule(2 - 1 / 16, () => n.crash(8))
      n.schedule(2.5, () => n.restart(8, 'intact'))
    })
    expect(results(result)).toEqual(new Array(5).fill('exact'))
    expect(result.slots.map(slot => slot.missing)).toEqual([[], [], [8], [], []])
  })

  it('with the journal lost submits nothing for the slot that ends next, and goes on after that', () => {
    const result = run(5, n => {
      n.schedule(1 - 1 / 16, () => n.armCrash(7, 'after-submitting', n.slot(1)))
      n.schedule(1.1, () => n.restart(7, 'lost'))
    })
    expect(result.slots.map(slot => slot.submitted)).toEqual([16, 16, 15, 16, 16])
  })
})

describe('the network at fault', () => {
  it('recovers a slot without a third that is cut off where the degree allows, and all are back once it heals', () => {
    const result = run(
      6,
      n => {
        n.schedule(1.5, () => n.partition([1, 2, 3]))
        n.schedule(3.5, () => n.heal())
      },
      { members: 24, degree: 14 }
    )
    expect(result.slots[4]).toMatchObject({ missing: [], exact: true })
    expect(result.slots[5]).toMatchObject({ missing: [], exact: true })
    expect(result.slots[2]?.result).not.toBe('none')
    expect(result.summary.wrong).toBe(0)
  })

  it('does not lose a slot to delays and losses that are repaired in time', () => {
    const result = run(3, n => {
      n.schedule(-0.5, () => {
        for (const node of n.meters.values()) {
          n.network.setLoss(node.number, 0.1)
          n.network.setDelay(node.number, 5000)
        }
      })
    })
    expect(results(result)).toEqual(['exact', 'exact', 'exact'])
  })

  it('takes clocks that are up to nine seconds apart', () => {
    const result = run(4, n => {
      for (const [meter, node] of n.meters) node.offset = ((meter * 7919) % 19) * 1000 - 9000
      n.schedule(2, () => n.crash(4))
    })
    expect(results(result)).toEqual(new Array(4).fill('exact'))
    expect(result.slots[2]).toMatchObject({ missing: [4], recovered: true })
  })
})

describe('the roles', () => {
  it.each([0.02, 0.1, 0.3, 0.5, 0.65])(
    'lose no slot to an aggregator that is away from %f slots after its beginning, for a hundredth',
    at => {
      const result = run(4, n => {
        n.schedule(1, () => n.crash(9))
        n.schedule(1 + at, () => n.crashRole('aggregator'))
        n.schedule(1.01 + at, () => n.restartRole('aggregator'))
      })
      expect(results(result)).toEqual(new Array(4).fill('exact'))
      expect(result.slots[1]).toMatchObject({ missing: [9], recovered: true })
    }
  )

  it('give the slot its total where the aggregator comes back after the request has gone out, and rest in between', () => {
    const result = run(3, n => {
      n.schedule(1, () => n.crash(9))
      n.schedule(1.313, () => n.crashRole('aggregator'))
      n.schedule(1.38, () => n.restartRole('aggregator'))
    })
    expect(results(result)).toEqual(['exact', 'exact', 'exact'])
  })

  it('let the slots go on without the registrar', () => {
    const result = run(6, n => {
      n.schedule(1.2, () => n.crashRole('registrar'))
      n.schedule(3.4, () => n.restartRole('registrar'))
    })
    expect(results(result)).toEqual(new Array(6).fill('exact'))
  })
})

describe('who meddles', () => {
  it('can inject bytes from any peer, which are dropped where they are nothing', () => {
    const result = run(2, n => {
      n.schedule(0.1, () => n.network.send('control', n.meter(2).number, n.meter(3).number, new Uint8Array(40)))
    })
    expect(result.drops.meters['unknown-type']).toBe(1)
  })

  it('can replace what a machine puts out', () => {
    const result = run(2, n => {
      n.schedule(-0.5, () => n.meter(5).filters.add(outputs => outputs.filter(output => output.type === 'journal')))
    })
    expect(result.slots.map(slot => slot.missing)).toEqual([[5], [5]])
    expect(result.slots.map(slot => slot.submitted)).toEqual([16, 16])
  })

  it('sees every message as it was sent and as it arrived', () => {
    const sent: Uint8Array[] = []
    const arrived: Uint8Array[] = []
    run(1, n => {
      n.network.onSent = ({ bytes }) => sent.push(bytes)
      n.network.onDelivered = ({ bytes }) => arrived.push(bytes)
    })
    expect(sent.length).toBeGreaterThan(16)
    expect(arrived).toHaveLength(sent.length)
    expect(arrived.every(bytes => sent.some(each => equalBytes(each, bytes)))).toBe(true)
  })
})
