// Section 7, recovery 2, step 3: what a meter answers, when, and what it refuses with which reason.

import { decodeEnvelope, MessageType, RefusalPayload } from '@hushgrid/messages'
import { lanesToBytes, sha256, slotTimes, toHex } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { PrivateMasks } from '../../src/masks/private-mask.ts'
import type { MeterOutput, RefusalReason } from '../../src/meter/contract.ts'
import type { DoubleMaskMeter } from '../../src/meter/recovery/double-mask.ts'
import type { MeterState } from '../../src/meter/state.ts'
import { DoubleMaskScene } from '../support/double-mask-scene.ts'

const recoveryIn = ({ recoveries }: MeterState): DoubleMaskMeter => recoveries.get('double-mask') as DoubleMaskMeter

/** A scene in which the test is the aggregator, after the deadline; 3 has not submitted. */
function asked(options: ConstructorParameters<typeof DoubleMaskScene>[0] = {}, without: readonly number[] = [3]): DoubleMaskScene {
  const scene = new DoubleMaskScene(options).muteAggregator().submit(without)
  scene.n.runUntil(scene.at(1))
  return scene
}

const kinds = (outputs: readonly MeterOutput[]): string[] =>
  outputs.map(output => (output.type === 'journal' ? `journal ${output.record.kind}` : output.type))

describe('a meter answers', () => {
  it('a MaskRequest that names a neighbour, journalled before it is published', () => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    const outputs = scene.give(i, scene.maskRequest(0, [3]))
    expect(kinds(outputs)).toEqual(['journal request', 'journal release', 'publish', 'released', 'verdict'])
    const [, journal, publish] = outputs
    expect(journal?.type === 'journal' && journal.record.bytes).toEqual(publish?.type === 'publish' && publish.bytes)
    expect(publish).toMatchObject({ topic: 'readings' })
  })

  it('a ShareRequest, in the same order', () => {
    const scene = asked()
    const outputs = scene.give(scene.strangers(3)[0] as number, scene.shareRequest([3]))
    expect(kinds(outputs)).toEqual(['journal request', 'journal release', 'publish', 'shared', 'verdict'])
  })

  it('nothing to a MaskRequest without its neighbours, and its shares all the same', () => {
    const scene = asked()
    const [i] = scene.strangers(3) as [number]
    expect(kinds(scene.give(i, scene.maskRequest(0, [3])))).toEqual(['journal request', 'verdict'])
    scene.give(i, scene.shareRequest([3]))
    expect(scene.answered(i)).toEqual(['ShareRelease'])
  })

  it('every round that contains those before it, each with the masks towards all of M', () => {
    const scene = asked({}, [3])
    const [i] = scene.neighbours(3) as [number]
    const other = scene.neighbours(i).find(each => each !== 3) as number
    const rounds = [[3], [3, other], [3, other], [3, other, ...scene.strangers(i).slice(0, 1)]]
    rounds.forEach((missing, round) => {
      scene.give(i, scene.maskRequest(round, missing))
    })
    scene.give(i, scene.shareRequest(rounds[3]))
    expect(scene.answered(i)).toEqual(['MaskRelease', 'MaskRelease', 'MaskRelease', 'MaskRelease', 'ShareRelease'])
    expect(scene.refusals(i)).toEqual([])
    const masks = scene.meter(i).state.epochs.get(scene.roster.epoch)?.masks
    rounds.forEach((missing, round) => {
      const towards = masks?.maskTowards(
        scene.slot,
        missing.map(each => scene.position(each))
      )
      const released = Buffer.from(scene.answers(i)[round]?.payload as Uint8Array).toString('hex')
      expect(released).toContain(toHex(lanesToBytes(towards as NonNullable<typeof towards>)))
    })
  })

  it('the same request by sync with the same bytes by sync, and by control with nothing', () => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    for (const request of [scene.maskRequest(0, [3]), scene.shareRequest([3])]) {
      const first = scene.give(i, request).find(output => output.type === 'publish')
      const again = scene.give(i, request, 'sync')
      expect(again.filter(output => output.type === 'request')).toEqual([
        { type: 'request', to: 'aggregator', stream: 'sync', bytes: first?.type === 'publish' && first.bytes }
      ])
      expect(kinds(again)).toEqual(['request', 'dropped', 'verdict'])
      expect(kinds(scene.give(i, request))).toEqual(['dropped', 'verdict'])
    }
  })

  it('up to D + 7u and not from then on', () => {
    const scene = asked()
    const [i, j] = scene.neighbours(3) as [number, number]
    scene.n.runUntil(scene.at(7) - 1)
    scene.give(i, scene.maskRequest(0, [3]))
    scene.give(i, scene.shareRequest([3]))
    expect(scene.answered(i)).toEqual(['MaskRelease', 'ShareRelease'])
    scene.n.runUntil(scene.at(7))
    scene.give(j, scene.maskRequest(0, [3]))
    scene.give(j, scene.shareRequest([3]))
    expect(scene.answered(j)).toEqual([])
    expect(scene.refusals(j)).toEqual(['outside the request window', 'outside the request window'])
    scene.n.runUntil(scene.times.over)
    expect(scene.give(j, scene.maskRequest(1, [3]))).toMatchObject([{ type: 'dropped', reason: 'slot-over' }, { type: 'verdict' }])
  })
})

describe('a meter refuses', () => {
  type Given = (scene: DoubleMaskScene, i: number) => readonly Uint8Array[]
  const third = (scene: DoubleMaskScene, i: number): number => scene.neighbours(i).find(each => each !== 3) as number
  const table: readonly [RefusalReason, string, Given, readonly string[], Partial<ConstructorParameters<typeof DoubleMaskScene>[0]>?][] = [
    [
      'does not contain what was answered',
      'an earlier round with less, after a later one',
      (scene, i) => [scene.maskRequest(1, [3, third(scene, i)]), scene.maskRequest(0, [3])],
      ['MaskRelease']
    ],
    ['shares were released already', 'masks after shares', scene => [scene.shareRequest([3]), scene.maskRequest(0, [3])], ['ShareRelease']],
    [
      'shares were released already',
      'masks of a later round after shares',
      scene => [scene.maskRequest(0, [3]), scene.shareRequest([3]), scene.maskRequest(1, [3])],
      ['MaskRelease', 'ShareRelease']
    ],
    [
      'too few neighbours outside the request',
      'masks with fewer than t neighbours outside M',
      (scene, i) => [scene.maskRequest(0, scene.neighbours(i).slice(0, 3))],
      []
    ],
    [
      'too few neighbours outside the request',
      'shares with fewer than t neighbours outside M',
      (scene, i) => [scene.shareRequest(scene.neighbours(i).slice(0, 3))],
      []
    ],
    [
      'too few members outside the request',
      'masks with fewer than minMembers outside M',
      (scene, i) => [scene.maskRequest(0, [3, ...scene.strangers(i)])],
      [],
      { minMembers: 9 }
    ],
    [
      'too few members outside the request',
      'shares with fewer than minMembers outside M',
      (scene, i) => [scene.shareRequest(scene.strangers(i).concat(3))],
      [],
      { minMembers: 9 }
    ]
  ]

  it.each(table)('“%s”: %s', (reason, _, given, answered, options = {}) => {
    const scene = asked(options)
    const [i] = scene.neighbours(3) as [number]
    let last: MeterOutput[] = []
    for (const request of given(scene, i)) last = scene.give(i, request)
    expect(scene.answered(i)).toEqual(answered)
    expect(scene.refusals(i)).toEqual([reason])
    expect(kinds(last)).toEqual(['journal request', 'request', 'request-refused', 'verdict'])
    const refusal = last.find(output => output.type === 'request')
    expect(refusal).toMatchObject({ to: 'aggregator', stream: 'sync' })
    const envelope = decodeEnvelope(refusal?.type === 'request' ? refusal.bytes : new Uint8Array(0))
    const request = decodeEnvelope(given(scene, i).at(-1) as Uint8Array)
    expect(envelope.type).toBe(MessageType.Refusal)
    expect(RefusalPayload.decode(envelope.payload)).toEqual({ requestHash: sha256(request.payload), reason })
  })

  it('just not where t neighbours are outside, and minMembers members', () => {
    const scene = asked({ minMembers: 9 })
    const i = 0
    scene.give(i, scene.maskRequest(0, scene.neighbours(i).slice(0, 2)))
    scene.give(i, scene.shareRequest([...scene.neighbours(i).slice(0, 2), scene.strangers(i)[0] as number]))
    expect(scene.answered(i)).toEqual(['MaskRelease', 'ShareRelease'])
  })

  it('counts absent neighbours as missing', () => {
    const scene = new DoubleMaskScene()
    const i = 0
    const [a, b, c] = scene.neighbours(i) as [number, number, number]
    for (const away of [a, b]) scene.meter(away).off = true
    const slot = (scene.slot + 3) as typeof scene.slot
    for (let each = scene.slot; each < slot; each++) scene.n.runSlot(each, scene.readings)
    const latest = scene.n.registrar.book.latest?.roster
    expect(latest?.isAbsent(scene.position(a)) && latest.isAbsent(scene.position(b))).toBe(true)
    scene.muteAggregator()
    scene.n.runUntil(slotTimes(slot, 900).end)
    scene.n.read(scene.meter(i), slot, [1, 2])
    scene.n.runUntil(slotTimes(slot, 900).deadline)
    const sealed = (request: Uint8Array, type: MessageType): Uint8Array =>
      scene.sealAs(latest as NonNullable<typeof latest>, slot, type, decodeEnvelope(request).payload)
    scene.give(i, sealed(scene.shareRequest([c]), MessageType.ShareRequest))
    expect(scene.refusals(i)).toEqual(['too few neighbours outside the request'])
  })

  it('“not submitted here”: without a reading', () => {
    const [i] = new DoubleMaskScene().neighbours(3) as [number]
    const scene = asked({}, [3, i])
    scene.give(i, scene.maskRequest(0, [3]))
    scene.give(i, scene.shareRequest([3]))
    expect([scene.answered(i), scene.refusals(i)]).toEqual([[], ['not submitted here', 'not submitted here']])
  })

  it('“the journal was lost”: after a message of its own that the journal does not know', () => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    scene.give(i, scene.maskRequest(0, [3]))
    const [own] = scene
      .meter(i)
      .outputs.flatMap(output => (output.type === 'publish' && output.topic === 'readings' ? [output.bytes] : []))
      .slice(-1)
    const { journal } = scene.meter(i)
    for (const forgotten of ['release', 'request']) {
      scene.n.restart(scene.meter(i), { intact: true, records: journal.filter(({ kind }) => kind !== 'release' && kind !== forgotten) })
      expect(scene.give(i, own as Uint8Array, 'sync')).toMatchObject([{ type: 'journal-rolled-back' }, { type: 'verdict' }])
      const before = scene.refusals(i).length
      scene.give(i, scene.maskRequest(0, [3]))
      scene.give(i, scene.shareRequest([3]))
      expect(scene.refusals(i).slice(before)).toEqual(['the journal was lost', 'the journal was lost'])
    }
    expect(scene.answered(i)).toEqual(['MaskRelease'])
  })

  it('everything while its journal is lost: it answers nothing for the slots up to the one that ends next', () => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    scene.n.restart(scene.meter(i), { intact: false })
    for (const request of [scene.maskRequest(0, [3]), scene.shareRequest([3])])
      for (const channel of ['control', 'sync'] as const) scene.give(i, request, channel)
    scene.finish()
    expect(scene.answered(i)).toEqual([])
  })

  it('and says nothing at all where it is named, in whatever request', () => {
    const scene = asked()
    for (const i of [3, 5]) {
      for (const request of [scene.maskRequest(0, [3, 5]), scene.maskRequest(1, [3, 5]), scene.shareRequest([3, 5])]) {
        for (const channel of ['control', 'sync'] as const) {
          const said = scene.give(i, request, channel).filter(({ type }) => !['journal', 'verdict', 'dropped'].includes(type))
          expect(said).toEqual([])
        }
      }
      expect(scene.meter(i).journal.some(({ kind }) => kind === 'absent' || kind === 'release')).toBe(false)
    }
  })

  it('what is no request: forged, of a stranger, of another epoch or slot, with absent members or an empty MaskRequest', () => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    const real = scene.maskRequest(0, [3])
    const { payload } = decodeEnvelope(real)
    const forged = real.with(-1, (real.at(-1) as number) ^ 1)
    const cases: readonly [Uint8Array, string][] = [
      [forged, 'bad-signature'],
      [scene.seal(MessageType.MaskRequest, payload, scene.n.registrarIdentity), 'unknown-sender'],
      [scene.seal(MessageType.MaskRequest, payload, scene.meter(5).config.identity), 'unknown-sender'],
      [scene.maskRequest(0, []), 'wrong-shape'],
      [scene.sealAs(scene.roster, (scene.slot + 1) as typeof scene.slot, MessageType.MaskRequest, payload), 'too-early'],
      [scene.sealAs(scene.roster, (scene.slot - 1) as typeof scene.slot, MessageType.MaskRequest, payload), 'wrong-epoch']
    ]
    for (const [bytes, reason] of cases) expect(scene.give(i, bytes)[0]).toMatchObject({ type: 'dropped', reason })
    expect([scene.answered(i), scene.refusals(i), scene.outputs(i, 'evidence')]).toEqual([[], [], []])
    scene.give(i, real)
    expect(scene.answered(i)).toEqual(['MaskRelease'])
  })

  it('requests of double mask where the network has another recovery', () => {
    const scene = new DoubleMaskScene({ recovery: 1 }).muteAggregator().submit([3])
    scene.n.runUntil(scene.at(1))
    for (const request of [scene.maskRequest(0, [3]), scene.shareRequest([3])])
      expect(scene.give(0, request)[0]).toMatchObject({ type: 'dropped', reason: 'unexpected-type' })
  })
})

describe('a request that comes early', () => {
  it('for masks is held, and answered at the deadline', () => {
    const scene = new DoubleMaskScene().muteAggregator().submit([3])
    const [i] = scene.neighbours(3) as [number]
    expect(kinds(scene.give(i, scene.maskRequest(0, [3])))).toEqual(['journal request', 'verdict'])
    expect(scene.meter(i).state.wakeAt).toBe(scene.times.deadline)
    scene.n.runUntil(scene.times.deadline - 1)
    expect(scene.answered(i)).toEqual([])
    scene.n.runUntil(scene.times.deadline)
    expect(scene.answered(i)).toEqual(['MaskRelease'])
  })

  it('for shares of a set is held as well, after the masks', () => {
    const scene = new DoubleMaskScene().muteAggregator().submit([3])
    const [i] = scene.neighbours(3) as [number]
    scene.give(i, scene.shareRequest([3]))
    scene.give(i, scene.maskRequest(1, [3]))
    scene.give(i, scene.maskRequest(0, [3]))
    expect(scene.answered(i)).toEqual([])
    scene.n.runUntil(scene.times.deadline)
    expect(scene.answered(i)).toEqual(['MaskRelease', 'MaskRelease', 'ShareRelease'])
    // In the order of the rounds, whatever came first.
    const [first] = scene.answers(i)
    expect(Buffer.from(first?.payload as Uint8Array).toString('hex')).toContain(
      toHex(sha256(decodeEnvelope(scene.maskRequest(0, [3])).payload))
    )
  })

  it('for shares with an empty M is answered from the own submission on', () => {
    const scene = new DoubleMaskScene().muteAggregator()
    scene.n.runUntil(scene.times.end)
    scene.read(0)
    scene.give(0, scene.shareRequest([]))
    expect(scene.answered(0)).toEqual(['ShareRelease'])
    scene.give(1, scene.shareRequest([]))
    expect(scene.answered(1)).toEqual([])
    const outputs = scene.read(1)
    expect(kinds(outputs)).toEqual(['journal submission', 'publish', 'journal release', 'publish', 'shared'])
    scene.give(2, scene.shareRequest([]))
    scene.n.runUntil(scene.times.deadline)
    expect([scene.answered(2), scene.refusals(2)]).toEqual([[], ['not submitted here']])
  })

  it('by a clock that is behind is taken from a unit before the slot’s end', () => {
    const scene = new DoubleMaskScene().muteAggregator()
    scene.n.runUntil(scene.times.end - scene.times.unit - 1)
    expect(scene.give(0, scene.shareRequest([]))[0]).toMatchObject({ type: 'dropped', reason: 'too-early' })
    scene.n.runUntil(scene.times.end - scene.times.unit)
    expect(kinds(scene.give(0, scene.shareRequest([])))).toEqual(['journal request', 'verdict'])
    // Its reading is there before the slot has ended.
    scene.read(0)
    expect(scene.answered(0)).toEqual([])
    scene.n.runUntil(scene.times.end)
    expect(scene.answered(0)).toEqual(['ShareRelease'])
  })
})

describe('conflicting requests', () => {
  type Pair = (scene: DoubleMaskScene, other: number) => readonly [Uint8Array, Uint8Array]
  const table: readonly [string, Pair, readonly string[]][] = [
    ['two of the same round', (scene, other) => [scene.maskRequest(0, [3]), scene.maskRequest(0, [3, other])], ['MaskRelease']],
    ['a later one with less', (scene, other) => [scene.maskRequest(0, [3, other]), scene.maskRequest(1, [3])], ['MaskRelease']],
    ['a later one with others', (scene, other) => [scene.maskRequest(1, [3]), scene.maskRequest(4, [other])], ['MaskRelease']],
    ['an earlier one with more', (scene, other) => [scene.maskRequest(3, [3]), scene.maskRequest(2, [3, other])], ['MaskRelease']],
    ['shares for less', (scene, other) => [scene.maskRequest(0, [3, other]), scene.shareRequest([3])], ['MaskRelease']],
    ['shares for nobody after masks', scene => [scene.maskRequest(0, [3]), scene.shareRequest([])], ['MaskRelease']],
    ['masks for more after shares', (scene, other) => [scene.shareRequest([3]), scene.maskRequest(0, [3, other])], ['ShareRelease']],
    ['masks after shares for nobody', scene => [scene.shareRequest([]), scene.maskRequest(5, [3])], ['ShareRelease']],
    ['two for shares, the second with more', (scene, other) => [scene.shareRequest([3]), scene.shareRequest([3, other])], ['ShareRelease']],
    ['two for shares, the second with less', (scene, other) => [scene.shareRequest([3, other]), scene.shareRequest([3])], ['ShareRelease']]
  ]

  it.each(table)('are evidence, once, and end all answers: %s', (_, pair, answered) => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    const other = scene.neighbours(i).find(each => each !== 3) as number
    const [first, second] = pair(scene, other)
    scene.n.publish = () => {}
    scene.give(i, first, 'sync')
    const outputs = scene.give(i, second, 'sync')
    expect(kinds(outputs)).toEqual(['journal request', 'evidence', 'publish', 'publish', 'dropped', 'verdict'])
    expect(outputs[1]).toMatchObject({ against: scene.n.aggregatorIdentity.id, envelopes: [first, second] })
    for (const bytes of [first, second]) expect(outputs).toContainEqual({ type: 'publish', topic: 'control', bytes })
    expect(outputs).toContainEqual(expect.objectContaining({ type: 'dropped', reason: 'conflicting' }))
    // Nor does a restart forget it.
    scene.n.restart(scene.meter(i))
    for (const request of [
      second,
      ...[0, 1, 2, 3, 4, 5].map(round => scene.maskRequest(round, [3, other])),
      scene.shareRequest([3, other])
    ])
      for (const channel of ['sync', 'control'] as const) scene.give(i, request, channel)
    scene.finish()
    // What was answered before may be asked for again; nothing else is answered.
    expect(scene.answered(i).slice(0, 1)).toEqual(answered)
    expect(new Set(scene.answers(i).map(({ hash }) => toHex(hash))).size).toBe(1)
    expect(scene.outputs(i, 'evidence')).toHaveLength(1)
    expect(scene.refusals(i).filter(reason => reason !== 'a second request')).toEqual([])
  })

  it.each([
    ['control', 'control', 0],
    ['control', 'sync', 1],
    ['sync', 'control', 1]
  ] as const)('that came by %s and %s are published where others do not have them: %i', (one, two, published) => {
    const scene = asked()
    scene.n.publish = () => {}
    const [i] = scene.neighbours(3) as [number]
    scene.give(i, scene.maskRequest(0, [3]), one)
    expect(scene.give(i, scene.maskRequest(0, [3, 5]), two).filter(({ type }) => type === 'publish')).toHaveLength(published)
  })

  it('that came by stream first and by control before the conflict are not published again', () => {
    const scene = asked()
    scene.n.publish = () => {}
    const [i] = scene.neighbours(3) as [number]
    for (const channel of ['sync', 'control'] as const) scene.give(i, scene.maskRequest(0, [3]), channel)
    expect(scene.give(i, scene.maskRequest(0, [3, 5]), 'control').filter(({ type }) => type === 'publish')).toEqual([])
  })

  it('keep a held one from being answered', () => {
    const scene = new DoubleMaskScene().muteAggregator().submit([3])
    const [i] = scene.neighbours(3) as [number]
    scene.give(i, scene.maskRequest(0, [3]))
    scene.give(i, scene.maskRequest(0, [3, 5]))
    scene.finish()
    expect([scene.answered(i), scene.refusals(i)]).toEqual([[], ['a second request']])
  })

  it('are none where rounds come out of order and nest', () => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    scene.give(i, scene.maskRequest(2, [3]))
    scene.give(i, scene.maskRequest(1, [3]))
    scene.give(i, scene.shareRequest([3]))
    expect([scene.answered(i), scene.outputs(i, 'evidence')]).toEqual([['MaskRelease', 'MaskRelease', 'ShareRelease'], []])
  })

  it('reach everybody: who has not answered yet does not', () => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    const [a, b] = [scene.maskRequest(0, [3]), scene.maskRequest(0, [3, 5])]
    scene.give(i, a, 'sync')
    scene.give(i, b, 'sync')
    for (let each = 0; each < 12; each++) if (each !== i) expect(scene.outputs(each, 'evidence').length).toBe(1)
    expect(scene.n.registrarOutputs.filter(({ type }) => type === 'evidence')).toHaveLength(1)
  })
})

describe('a meter forgets', () => {
  it('masks and shares of an epoch that is over', () => {
    const scene = new DoubleMaskScene()
    const epoch = scene.meter(0).state.epochs.get(scene.roster.epoch)
    const masks = epoch?.privateMasks as PrivateMasks
    scene.n.addMeter()
    scene.n.runUntil(scene.times.end)
    const from = scene.meter(0).state.book.latest?.from as typeof scene.slot
    expect(scene.meter(0).state.book.latest?.roster.n).toBe(13)
    const { over } = slotTimes((from - 1) as typeof scene.slot, 900)
    scene.n.runUntil(over - 1)
    expect(masks.of(scene.slot).check).toHaveLength(16)
    scene.n.runUntil(over + 900_000)
    expect([...scene.meter(0).state.epochs.keys()]).not.toContain(scene.roster.epoch)
    expect(() => masks.of(scene.slot)).toThrow(/erased/)
    expect(() => masks.sharesOf(scene.slot, [])).toThrow(/erased/)
  })

  it('requests and answers of a slot that is over', () => {
    const scene = new DoubleMaskScene().submit([3])
    scene.n.runUntil(scene.at(2))
    expect(recoveryIn(scene.meter(0).state).knows(scene.slot)).toBe(true)
    scene.finish()
    scene.n.runUntil(scene.times.over + 1000)
    for (const { state } of scene.n.meters) expect(recoveryIn(state).knows(scene.slot)).toBe(false)
  })

  it.each([MessageType.MaskRelease, MessageType.ShareRelease])(
    'an own %s of a slot that is over, and takes it for no sign of a rolled back journal',
    type => {
      const scene = new DoubleMaskScene().submit([3]).finish()
      const [i] = scene.neighbours(3) as [number]
      const own = scene.n.passed.find(
        ({ bytes, channel }) =>
          channel === 'readings' && decodeEnvelope(bytes).type === type && decodeEnvelope(bytes).sender === scene.id(i)
      )
      scene.n.runUntil(scene.times.over + 1000)
      scene.give(i, own?.bytes as Uint8Array, 'sync')
      expect(scene.outputs(i, 'journal-rolled-back')).toEqual([])
    }
  )
})

describe('a total', () => {
  const { MaskRequest, ShareRequest, Submission } = MessageType

  it.each([
    ['without a request that says so, is misreported', [MaskRequest, ShareRequest], 1],
    ['as a MaskRequest says, is not', [ShareRequest], 0],
    ['as the ShareRequest says, is not', [MaskRequest], 0]
  ])('that leaves out what a meter sent, %s', (_, unheard, misreported) => {
    const scene = new DoubleMaskScene().silence(({ type }, by) => by === 4 && type === Submission)
    const toMeter = scene.n.toMeter.bind(scene.n)
    scene.n.toMeter = (meter, message) =>
      meter === scene.meter(4) && unheard.some(type => type === decodeEnvelope(message.bytes).type) ? [] : toMeter(meter, message)
    scene.submit().finish()
    scene.expectTotalWithout([4])
    expect(scene.outputs(4, 'misreported')).toHaveLength(misreported)
    expect(scene.all('misreported')).toBe(misreported)
  })
})
