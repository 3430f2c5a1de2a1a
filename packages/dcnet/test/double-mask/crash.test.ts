// Double mask and crashes: a meter or the aggregator ends between any two of its outputs and comes up from its journal.
import { decodeEnvelope, MessageType } from '@hushgrid/messages'
import { SeededRng, signedLanes, toHex } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { AggregatorOutput } from '../../src/aggregator/contract.ts'
import type { MeterOutput } from '../../src/meter/contract.ts'
import { DoubleMaskScene } from '../support/double-mask-scene.ts'
import { sumOf } from '../support/virtual-neighbourhood.ts'

/** 7 members of 6 neighbours each: t = 5, so one may be silent. */
const SMALL = { members: 7, degree: 6, seed: 'crash' }

interface Crash {
  happened: boolean
  /** The last output that was carried out. */
  after: string
}

const named = (output: AggregatorOutput | MeterOutput): string =>
  output.type === 'journal' ? `journal ${output.record.kind}` : output.type

/** Carries out what comes before the crash, and nothing of what the steps until then had still to do. */
function crashing<Output extends AggregatorOutput | MeterOutput>(
  outputs: number,
  carryOut: (output: Output) => void,
  restart: () => void
): { readonly crash: Crash; readonly carryOutAll: (all: readonly Output[]) => void } {
  const crash: Crash = { happened: false, after: '' }
  let left = outputs
  const carryOutAll = (all: readonly Output[]): void => {
    const { happened } = crash
    for (const output of all) {
      carryOut(output)
      // It may have come while the output was carried out.
      if (crash.happened !== happened) return
      // What only tells the driver something changes nothing.
      const counts = ['journal', 'publish', 'request', 'send', 'reply'].includes(output.type)
      if (happened || !counts || --left > 0) continue
      crash.happened = true
      crash.after = named(output)
      restart()
      return
    }
  }
  return { crash, carryOutAll }
}

/** Ends a meter after so many of its outputs, and starts it again from what it has journalled. */
function crashMeterAfter({ n }: DoubleMaskScene, i: number, outputs: number): Crash {
  const victim = n.meters[i] as (typeof n.meters)[number]
  const carryOut = n.carryOutMeter.bind(n)
  const { crash, carryOutAll } = crashing<MeterOutput>(
    outputs,
    output => carryOut(victim, [output]),
    () => n.restart(victim)
  )
  n.carryOutMeter = (meter, all) => (meter === victim ? carryOutAll(all) : carryOut(meter, all))
  return crash
}

/** Ends the aggregator after so many of its outputs, and starts it again from its journal. */
function crashAggregatorAfter({ n }: DoubleMaskScene, outputs: number): Crash {
  const carryOut = n.carryOutAggregator.bind(n)
  const { crash, carryOutAll } = crashing<AggregatorOutput>(
    outputs,
    output => carryOut([output]),
    () => n.restartAggregator()
  )
  n.carryOutAggregator = carryOutAll
  return crash
}

/** Requests that the aggregator has put out, by kind and round. */
function requestsOf(outputs: readonly AggregatorOutput[]): Map<string, Set<string>> {
  const requests = new Map<string, Set<string>>()
  for (const output of outputs) {
    if (output.type !== 'publish' && output.type !== 'send') continue
    const { type, payload } = decodeEnvelope(output.bytes)
    if (type !== MessageType.MaskRequest && type !== MessageType.ShareRequest) continue
    // A round above 0 is the first field of its payload.
    const round = type === MessageType.MaskRequest && payload[0] === 8 ? payload[1] : 0
    const name = `${type} ${round}`
    requests.set(name, (requests.get(name) ?? new Set()).add(toHex(output.bytes)))
  }
  return requests
}

describe('a meter that crashes', () => {
  it.each([
    ['with all in', []],
    ['with a neighbour missing', [3]]
  ])('after any of its outputs never answers a kind and round in two ways, %s', (_, without) => {
    const seen = new Set<string>()
    for (let cut = 1; ; cut++) {
      const scene = new DoubleMaskScene(SMALL)
      scene.n.runUntil(scene.times.end - 1)
      const crash = crashMeterAfter(scene, 0, cut)
      scene.submit(without).finish()
      if (!crash.happened) break
      seen.add(crash.after)
      for (const [, answers] of scene.byRequest(0)) expect(answers.size).toBe(1)
      const journal = scene.meter(0).journal.filter(({ kind }) => kind === 'release' || kind === 'word')
      const sent = new Set(scene.answers(0).map(({ hash }) => toHex(hash)))
      const kept = new Set(journal.map(({ bytes }) => toHex(decodeEnvelope(bytes).hash)))
      expect([...sent].filter(hash => !kept.has(hash))).toEqual([])
      expect(new Set(scene.n.submissionsOf(scene.meter(0)).map(({ hash }) => toHex(hash))).size).toBeLessThanOrEqual(
        without.length > 0 ? 4 : 2
      )
      expect(scene.outputs(0, 'journal-rolled-back')).toEqual([])
      expect([cut, crash.after, scene.n.resultOf(scene.slot)?.type]).toEqual([cut, crash.after, 'total'])
      scene.expectTotalWithout(without)
    }
    const words = without.length > 0 ? ['journal word'] : []
    expect([...seen].sort()).toEqual([
      'journal attendance',
      'journal release',
      'journal request',
      'journal submission',
      ...words,
      'publish'
    ])
  })
})

describe('an aggregator that crashes', () => {
  /** A slot with a crash after so many outputs, or none; undefined where there were not so many. */
  function run(cut: number, without: readonly number[], silent: readonly number[]): { scene: DoubleMaskScene; after: string } | undefined {
    const scene = new DoubleMaskScene(silent.length > 0 ? { ...SMALL, members: 9, degree: 8 } : SMALL)
    scene.silence(({ type }, by) => silent.includes(by) && type === MessageType.MaskWord)
    scene.n.runUntil(scene.times.end - 1)
    const crash = crashAggregatorAfter(scene, cut)
    scene.submit(without).finish()
    return crash.happened || cut === Number.POSITIVE_INFINITY ? { scene, after: crash.after } : undefined
  }

  it.each([
    ['with all in', [], []],
    ['with a member missing', [3], []],
    ['with one missing and one silent', [3], [5]]
  ])(
    'after any of its outputs comes to the same total, and never makes two requests of a round, %s',
    (_, without, silent) => {
      const seen = new Map<string, number>()
      const whole = run(Number.POSITIVE_INFINITY, without, silent)?.scene as DoubleMaskScene
      for (let cut = 1; ; cut++) {
        const crashed = run(cut, without, silent)
        if (!crashed) break
        const { scene, after } = crashed
        seen.set(after, (seen.get(after) ?? 0) + 1)
        for (const [, requests] of requestsOf(scene.n.aggregatorOutputs)) expect(requests.size).toBe(1)
        expect(requestsOf(scene.n.aggregatorOutputs)).toEqual(requestsOf(whole.n.aggregatorOutputs))
        expect(scene.all('evidence')).toBe(0)
        const records = scene.n.aggregatorJournal.filter(({ kind }) => kind === 'result')
        expect(records).toHaveLength(1)
        // The members learn it once, whether it was sent before the crash or after.
        for (let i = 0; i < scene.n.meters.length; i++) {
          const [total] = scene.outputs(i, 'total')
          expect(total).toEqual(whole.outputs(i, 'total')[0])
          expect(total).toBeDefined()
        }
      }
      whole.expectTotalWithout([...without, ...silent])
      expect([...seen.keys()]).toEqual(expect.arrayContaining(['journal received', 'journal request', 'journal result', 'publish']))
      expect(seen.get('journal request')).toBe(1 + without.length + silent.length)
    },
    120_000
  )

  it('and is away for a while has the right total or a loss with its reason, and never two requests of a round', () => {
    const rng = new SeededRng('away')
    const ends = new Map<string, number>()
    for (let run = 0; run < 24; run++) {
      const scene = new DoubleMaskScene(SMALL)
      const { n } = scene
      const without = run % 3 === 0 ? [] : [3]
      n.runUntil(scene.times.end - 1)
      const crash = crashAggregatorAfter(scene, 1 + rng.below(20))
      const back = scene.at(rng.below(16) / 2 - 4)
      // What it would do in the meantime is not done, and nobody reaches it.
      const { carryOutAggregator, restartAggregator, sync } = n
      n.restartAggregator = () => {
        n.carryOutAggregator = () => {}
        n.sync = () => []
      }
      scene.submit(without)
      n.runUntil(Math.max(back, n.now))
      Object.assign(n, { carryOutAggregator, restartAggregator, sync })
      if (crash.happened) n.restartAggregator()
      n.meters.forEach(meter => {
        n.meterStep(meter, { type: 'aggregator-back' })
      })
      scene.finish()
      for (const [, requests] of requestsOf(n.aggregatorOutputs)) expect(requests.size).toBe(1)
      expect([scene.all('evidence'), scene.all('journal-rolled-back')]).toEqual([0, 0])
      const told = scene.outputs(0, 'lost')[0]?.reason ?? (scene.outputs(0, 'total').length > 0 ? 'total' : 'nothing')
      ends.set(told, (ends.get(told) ?? 0) + 1)
      // A second member whose submission did not come is one too many for its neighbours.
      expect(['total', 'MembersMissing', 'Unanswered']).toContain(told)
      const [total] = scene.outputs(0, 'total')
      if (!total) continue
      const missing = total.missing.map(id => scene.number(id))
      for (const i of without) expect(missing).toContain(i)
      const counted = scene.readings.filter((_, i) => !missing.includes(i))
      expect(signedLanes(total.lanes)).toEqual(sumOf(counted, 2))
    }
    expect(ends.get('total') ?? 0).toBeGreaterThan(8)
    expect(ends.size).toBeGreaterThan(1)
  })
})
