// Section 7, recovery 2, step 3: what a meter answers, when, and what it refuses with which reason.

import { decodeEnvelope, FLOOD_ALLOWANCE, MaskWordPayload, MessageType, RefusalPayload, ShareReleasePayload } from '@hushgrid/messages'
import { lanesToBytes, type Slot, sha256, signedLanes, slotTimes, toHex } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { PrivateMasks } from '../../src/masks/private-mask.ts'
import type { MeterOutput, RefusalReason } from '../../src/meter/contract.ts'
import type { DoubleMaskMeter } from '../../src/meter/recovery/double-mask.ts'
import { HONEST } from '../../src/meter/rules.ts'
import type { MeterState } from '../../src/meter/state.ts'
import { DoubleMaskScene } from '../support/double-mask-scene.ts'
import { sumOf } from '../support/virtual-neighbourhood.ts'

const recoveryIn = ({ recoveries }: MeterState): DoubleMaskMeter => recoveries.get('double-mask') as DoubleMaskMeter

/** A scene in which the test is the aggregator, after the deadline; 3 has not submitted. */
function asked(options: ConstructorParameters<typeof DoubleMaskScene>[0] = {}, without: readonly number[] = [3]): DoubleMaskScene {
  const scene = new DoubleMaskScene(options).muteAggregator().submit(without)
  scene.n.runUntil(scene.at(1))
  return scene
}

const kinds = (outputs: readonly MeterOutput[]): string[] =>
  outputs.map(output => (output.type === 'journal' ? `journal ${output.record.kind}` : output.type))

/** t of a meter's neighbours outside M, and the rest of them. */
function vouching(scene: DoubleMaskScene, i: number, missing: readonly number[]): readonly [number[], number[]] {
  const outside = scene.neighbours(i).filter(each => !missing.includes(each))
  const threshold = Math.floor((2 * scene.neighbours(i).length) / 3) + 1
  return [outside.slice(0, threshold), outside.slice(threshold)]
}

describe('a meter answers', () => {
  it('a MaskRequest with its word on it and no mask, journalled before it is published', () => {
    const scene = asked()
    for (const i of [scene.neighbours(3)[0], scene.strangers(3)[0]] as [number, number]) {
      const request = scene.maskRequest(0, [3])
      const outputs = scene.give(i, request)
      expect(kinds(outputs)).toEqual(['journal request', 'journal word', 'publish', 'gave-word', 'verdict'])
      const [, journal, publish] = outputs
      expect(journal?.type === 'journal' && journal.record.bytes).toEqual(publish?.type === 'publish' && publish.bytes)
      expect(publish).toMatchObject({ topic: 'readings', bytes: scene.word(i, request) })
      expect(scene.answered(i)).toEqual(['MaskWord'])
    }
  })

  it('a ShareRequest with t neighbours’ word on the same M: with the masks that it owes, then the shares', () => {
    const scene = asked()
    const [neighbour, stranger] = [scene.neighbours(3)[0], scene.strangers(3)[0]] as [number, number]
    const masks = ['journal release', 'publish', 'released']
    const shares = ['journal release', 'publish', 'shared']
    expect(kinds(scene.askForShares(neighbour, [3]))).toEqual(['journal request', ...masks, ...shares, 'verdict'])
    expect(kinds(scene.askForShares(stranger, [3]))).toEqual(['journal request', ...shares, 'verdict'])
    expect(scene.answered(neighbour)).toEqual(['MaskWord', 'MaskRelease', 'ShareRelease'])
    expect(scene.answered(stranger)).toEqual(['MaskWord', 'ShareRelease'])
  })

  it('every round that contains those before it with its word, and gives the masks towards the last M alone', () => {
    const scene = asked({}, [3])
    const [i] = scene.neighbours(3) as [number]
    const other = scene.neighbours(i).find(each => each !== 3) as number
    const last = [3, other, ...scene.strangers(i).slice(0, 1)]
    const rounds = [[3], [3, other], [3, other], last]
    rounds.forEach((missing, round) => {
      scene.give(i, scene.maskRequest(round, missing))
    })
    scene.giveWords(i, scene.maskRequest(3, last), vouching(scene, i, last)[0])
    scene.give(i, scene.shareRequest(last))
    expect(scene.answered(i)).toEqual([...rounds.map(() => 'MaskWord'), 'MaskRelease', 'ShareRelease'])
    expect(scene.refusals(i)).toEqual([])
    rounds.forEach((missing, round) => {
      const { requestHash } = MaskWordPayload.decode(scene.answers(i)[round]?.payload as Uint8Array)
      expect(toHex(requestHash)).toBe(toHex(sha256(decodeEnvelope(scene.maskRequest(round, missing)).payload)))
    })
    const towards = scene
      .meter(i)
      .state.epochs.get(scene.roster.epoch)
      ?.masks.maskTowards(
        scene.slot,
        last.map(each => scene.position(each))
      )
    const released = Buffer.from(scene.answers(i)[4]?.payload as Uint8Array).toString('hex')
    expect(released).toContain(toHex(lanesToBytes(towards as NonNullable<typeof towards>)))
  })

  it('the same request by sync with the same bytes by sync, and by control with nothing', () => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    scene.askForShares(i, [3])
    const [word, masks, shares] = scene.answers(i).map(({ hash }) => toHex(hash))
    for (const [request, answers] of [
      [scene.maskRequest(0, [3]), [word]],
      [scene.shareRequest([3]), [masks, shares]]
    ] as const) {
      const again = scene.give(i, request, 'sync')
      expect(again.flatMap(output => (output.type === 'request' ? [toHex(sha256(output.bytes))] : []))).toEqual(answers)
      expect(again.filter(output => output.type === 'request' && output.to === 'aggregator' && output.stream === 'sync')).toHaveLength(
        answers.length
      )
      expect(kinds(again)).toEqual([...answers.map(() => 'request'), 'dropped', 'verdict'])
      expect(kinds(scene.give(i, request))).toEqual(['dropped', 'verdict'])
    }
  })

  it('up to D + 7u and not from then on', () => {
    const scene = asked()
    const [i, j] = scene.neighbours(3) as [number, number]
    scene.n.runUntil(scene.at(7) - 1)
    scene.askForShares(i, [3])
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskRelease', 'ShareRelease'])
    scene.n.runUntil(scene.at(7))
    scene.give(j, scene.maskRequest(0, [3]))
    scene.give(j, scene.shareRequest([3]))
    expect(scene.answered(j)).toEqual([])
    expect(scene.refusals(j)).toEqual(['outside the request window', 'outside the request window'])
    scene.n.runUntil(scene.times.over)
    expect(scene.give(j, scene.maskRequest(1, [3]))).toMatchObject([{ type: 'dropped', reason: 'slot-over' }, { type: 'verdict' }])
  })
})

describe('without the word of t neighbours on the same M a meter', () => {
  /** A neighbour of 3 that has given its word and is asked for shares without anybody else's. */
  function waiting(options: ConstructorParameters<typeof DoubleMaskScene>[0] = {}): readonly [DoubleMaskScene, number] {
    const scene = asked(options)
    const [i] = scene.neighbours(3) as [number]
    scene.give(i, scene.maskRequest(0, [3]))
    return [scene, i]
  }

  it('asks for words at once and every half unit, releases nothing with one too few, and all with one more', () => {
    const [scene, i] = waiting()
    expect(scene.outputs(i, 'fetch-words')).toEqual([])
    const request = scene.maskRequest(0, [3])
    const question = { type: 'fetch-words', slot: scene.slot, requestHash: sha256(decodeEnvelope(request).payload) }
    expect(scene.give(i, scene.shareRequest([3]))).toContainEqual(question)
    scene.n.runUntil(scene.at(1.5) - 1)
    expect(scene.outputs(i, 'fetch-words')).toEqual([question])
    scene.n.runUntil(scene.at(2.5) + 1)
    expect(scene.outputs(i, 'fetch-words')).toHaveLength(4)
    const [words] = vouching(scene, i, [3])
    scene.giveWords(i, request, words.slice(1))
    expect(scene.answered(i)).toEqual(['MaskWord'])
    scene.giveWords(i, request, words.slice(0, 1))
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskRelease', 'ShareRelease'])
    expect(scene.refusals(i)).toEqual([])
  })

  it('goes on reading the aggregator that brings the words it has each time it asks', () => {
    const [scene, i] = waiting()
    const request = scene.maskRequest(0, [3])
    scene.give(i, scene.shareRequest([3]))
    const [words] = vouching(scene, i, [3])
    for (let asked = 0; asked < FLOOD_ALLOWANCE; asked++) scene.giveWords(i, request, words.slice(1))
    expect(scene.answered(i)).toEqual(['MaskWord'])
    scene.giveWords(i, request, words.slice(0, 1))
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskRelease', 'ShareRelease'])
  })

  it('counts each neighbour’s word once, and none of who may not vouch', () => {
    const [scene, i] = waiting()
    const request = scene.maskRequest(0, [3])
    const [words, more] = vouching(scene, i, [3])
    const [first, ...rest] = words as [number, ...number[]]
    scene.give(i, scene.shareRequest([3]))
    scene.giveWords(i, request, [...rest, ...rest])
    expect(scene.answered(i)).toEqual(['MaskWord'])
    const real = scene.word(first, request)
    const cases: readonly [string, Uint8Array, string][] = [
      ['of a member that M leaves out', scene.word(3, request), 'unknown-sender'],
      ['of a member that is no neighbour', scene.word(scene.strangers(i)[0] as number, request), 'unknown-sender'],
      [
        'of nobody in the roster',
        scene.seal(MessageType.MaskWord, decodeEnvelope(real).payload, scene.n.registrarIdentity),
        'unknown-sender'
      ],
      ['on another M', scene.word(first, scene.maskRequest(0, [3, 5])), 'conflicting'],
      ['on another round', scene.word(first, scene.maskRequest(1, [3])), 'conflicting'],
      ['forged', real.with(-1, (real.at(-1) as number) ^ 1), 'bad-signature']
    ]
    for (const [what, bytes, reason] of cases)
      expect([what, scene.give(i, bytes, 'sync')[0]]).toMatchObject([what, { type: 'dropped', reason }])
    expect(scene.answered(i)).toEqual(['MaskWord'])
    // Any other neighbour does.
    scene.giveWords(i, request, more.slice(0, 1))
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskRelease', 'ShareRelease'])
  })

  it('takes a neighbour’s word on its M though that has given another one', () => {
    const [scene, i] = waiting()
    const request = scene.maskRequest(0, [3])
    const [words] = vouching(scene, i, [3])
    scene.give(i, scene.shareRequest([3]))
    const other = scene.giveWords(i, scene.maskRequest(0, [3, 5]), words.filter(each => each !== 5).slice(0, 1))
    expect(other[0]).toMatchObject({ type: 'dropped', reason: 'conflicting' })
    scene.giveWords(i, request, words)
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskRelease', 'ShareRelease'])
  })

  it.each([
    [true, 0],
    [false, 11]
  ])('shown one M with some, and others another, releases nothing where it waits for words: %s', (wordsOfNeighbours, shared) => {
    const scene = new DoubleMaskScene()
    for (const meter of scene.n.meters) meter.state = { ...meter.state, rules: { ...HONEST, wordsOfNeighbours } }
    scene.n.publish = () => {}
    scene.muteAggregator().submit([3])
    scene.n.runUntil(scene.at(1))
    // d = 8, t = 6: six of one view and five of another, each with the words of its own view.
    const left = scene.n.meters.map((_, i) => i).filter(i => i !== 3)
    const late = left.find(i => scene.neighbours(3).includes(i)) as number
    const views = [
      left.filter(i => i !== late).slice(0, 5),
      left
        .filter(i => i !== late)
        .slice(5)
        .concat(late)
    ] as const
    views.forEach((view, which) => {
      const missing = which === 0 ? [3, late] : [3]
      const request = scene.maskRequest(0, missing)
      for (const i of view) scene.give(i, request, 'sync')
      for (const i of view)
        scene.giveWords(
          i,
          request,
          view.filter(each => scene.neighbours(i).includes(each))
        )
      for (const i of view) scene.give(i, scene.shareRequest(missing), 'sync')
    })
    scene.finish()
    expect(left.flatMap(i => scene.outputs(i, 'gave-word'))).toHaveLength(11)
    expect([scene.all('shared'), scene.all('released') > 0]).toEqual([shared, shared > 0])
  })

  it('counts words on the round that it answered last alone', () => {
    const [scene, i] = waiting()
    const [words, more] = vouching(scene, i, [3])
    expect(more.length).toBeGreaterThan(0)
    scene.giveWords(i, scene.maskRequest(0, [3]), words)
    const missing = [3, ...more.slice(0, 1)]
    scene.give(i, scene.maskRequest(1, missing))
    scene.give(i, scene.shareRequest(missing))
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskWord'])
    scene.giveWords(i, scene.maskRequest(1, missing), words)
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskWord', 'MaskRelease', 'ShareRelease'])
  })

  it('shown an M that others were not shown releases nothing: their words are on another', () => {
    const [scene, i] = waiting()
    // The others were shown 5 as missing as well.
    const theirs = scene.maskRequest(0, [3, 5])
    const dropped = scene.giveWords(
      i,
      theirs,
      scene.neighbours(i).filter(each => each !== 3 && each !== 5)
    )
    expect(dropped.filter(({ type }) => type === 'dropped').map(output => output.type === 'dropped' && output.reason)).toEqual(
      scene
        .neighbours(i)
        .filter(each => each !== 3 && each !== 5)
        .map(() => 'conflicting')
    )
    scene.give(i, scene.shareRequest([3]))
    scene.finish()
    expect(scene.answered(i)).toEqual(['MaskWord'])
    // The other request itself is evidence, once it is shown.
    expect(scene.outputs(i, 'evidence')).toEqual([])
  })

  it('that words are withheld from says so at the end, and to the registrar when asked, and releases nothing', () => {
    const [scene, i] = waiting()
    scene.giveWords(i, scene.maskRequest(0, [3]), vouching(scene, i, [3])[0].slice(1))
    scene.give(i, scene.shareRequest([3]))
    scene.n.runUntil(scene.at(5))
    expect(scene.refusals(i)).toEqual([])
    const reason = "too few neighbours' words on the request"
    for (const _ of ['once', 'again']) {
      const said = scene.handedOver(i, scene.shareRequest([3])) ?? []
      expect(said.map(({ type, payload }) => [type, RefusalPayload.decode(payload)])).toEqual([
        [MessageType.Refusal, { requestHash: sha256(decodeEnvelope(scene.shareRequest([3])).payload), reason }]
      ])
    }
    scene.finish()
    expect([scene.answered(i), scene.refusals(i)]).toEqual([['MaskWord'], [reason]])
    // Words that come too late change nothing.
    scene.giveWords(i, scene.maskRequest(0, [3]), vouching(scene, i, [3])[0])
    expect(scene.answered(i)).toEqual(['MaskWord'])
  })

  it('that has told the registrar so releases all the same once the words are there', () => {
    const [scene, i] = waiting()
    scene.give(i, scene.shareRequest([3]))
    scene.n.runUntil(scene.at(5))
    scene.handedOver(i, scene.shareRequest([3]))
    scene.giveWords(i, scene.maskRequest(0, [3]), vouching(scene, i, [3])[0])
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskRelease', 'ShareRelease'])
    const types = scene.handedOver(i, scene.shareRequest([3]))?.map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(['MaskRelease', 'ShareRelease']))
    // Its word was not asked for again, and is there as well.
    expect(scene.handedOver(i, scene.maskRequest(0, [3]))?.map(({ type }) => type)).toEqual(['MaskWord'])
  })

  it('needs none for an empty M, which takes nothing off anybody', () => {
    const scene = asked({}, [])
    scene.give(0, scene.shareRequest([]))
    expect(scene.answered(0)).toEqual(['ShareRelease'])
    expect(scene.outputs(0, 'fetch-words')).toEqual([])
  })

  it('that restarts gives the same word, and asks for the others’ again', () => {
    const [scene, i] = waiting()
    const request = scene.maskRequest(0, [3])
    scene.giveWords(i, request, vouching(scene, i, [3])[0].slice(1))
    scene.give(i, scene.shareRequest([3]))
    scene.n.restart(scene.meter(i))
    expect(scene.give(i, request, 'sync')).toContainEqual({
      type: 'request',
      to: 'aggregator',
      stream: 'sync',
      bytes: scene.word(i, request)
    })
    const before = scene.outputs(i, 'fetch-words').length
    scene.n.runUntil(Math.ceil(scene.at(1.25)))
    expect(scene.outputs(i, 'fetch-words').length).toBeGreaterThan(before)
    scene.giveWords(i, request, vouching(scene, i, [3])[0].slice(1))
    expect(new Set(scene.answered(i))).toEqual(new Set(['MaskWord']))
    scene.giveWords(i, request, vouching(scene, i, [3])[0])
    expect(scene.byRequest(i).size).toBe(3)
    for (const [, answers] of scene.byRequest(i)) expect(answers.size).toBe(1)
  })
})

describe('two members that are cut', () => {
  /** A scene in whose third slot 0 and a neighbour of its are cut; neither has opened the edge. */
  function cut(): readonly [DoubleMaskScene, Slot, number] {
    const scene = new DoubleMaskScene({ degree: 10 })
    const liar = scene.neighbours(0)[0] as number
    const { tamper } = scene.n
    scene.n.tamper = (message, topic) => {
      const envelope = decodeEnvelope(message.bytes)
      if (message.from !== scene.id(liar) || envelope.type !== MessageType.ShareRelease || envelope.slot !== scene.slot)
        return tamper(message, topic)
      const { requestHash, shares } = ShareReleasePayload.decode(envelope.payload)
      const at = 16 * scene.roster.neighbours(scene.position(liar)).indexOf(scene.position(0))
      const changed = shares.with(at, (shares[at] as number) ^ 1)
      return tamper(
        { ...message, bytes: scene.sealBy(liar, envelope, ShareReleasePayload.encode({ requestHash, shares: changed })) },
        topic
      )
    }
    scene.n.hand = () => {}
    const slot = (scene.slot + 2) as Slot
    for (const each of [scene.slot, (scene.slot + 1) as Slot]) scene.n.runSlot(each, scene.readings)
    scene.n.runUntil(slotTimes(slot, 900).end)
    expect(scene.n.registrar.book.ofSlot(slot)?.roster.isCut(scene.position(0), scene.position(liar))).toBe(true)
    return [scene, slot, liar]
  }

  it('owe each other no mask and no share, and their word does not count for each other', () => {
    const [scene, slot, liar] = cut()
    const roster = scene.n.registrar.book.ofSlot(slot)?.roster as typeof scene.roster
    scene.muteAggregator()
    scene.n.meters.forEach((meter, i) => {
      if (i !== 3) scene.n.read(meter, slot, scene.readings[i] as number[])
    })
    scene.n.runUntil(slotTimes(slot, 900).deadline)
    const sealed = (bytes: Uint8Array): Uint8Array => {
      const { type, payload } = decodeEnvelope(bytes)
      return scene.sealAs(roster, slot, type, payload)
    }
    scene.give(0, sealed(scene.maskRequest(0, [3])))
    const vouch = (i: number): ReturnType<typeof scene.give> =>
      scene.give(0, scene.wordAs(roster, slot, i, scene.maskRequest(0, [3])), 'sync')
    scene.give(0, sealed(scene.shareRequest([3])))
    const others = scene.neighbours(0).filter(each => each !== 3 && each !== liar)
    for (const i of others.slice(0, 6)) vouch(i)
    // d = 10, t = 7.
    expect(vouch(liar)[0]).toMatchObject({ type: 'dropped', reason: 'unknown-sender' })
    expect(scene.outputs(0, 'shared').filter(output => output.slot === slot)).toEqual([])
    vouch(others[6] as number)
    const release = scene.answers(0).find(({ type, slot: of }) => type === MessageType.ShareRelease && of === slot)
    expect(ShareReleasePayload.decode(release?.payload as Uint8Array).shares).toHaveLength(16 * others.length)
  })

  it('are left as before in the total', () => {
    const [scene, slot] = cut()
    scene.n.meters.forEach((meter, i) => {
      if (i !== 3) scene.n.read(meter, slot, scene.readings[i] as number[])
    })
    scene.n.runUntil(slotTimes(slot, 900).over)
    const result = scene.n.resultOf(slot)
    expect(result).toMatchObject({ type: 'total', contributors: 11 })
    const counted = scene.readings.filter((_, i) => i !== 3)
    expect(result?.type === 'total' && signedLanes(result.lanes)).toEqual(sumOf(counted, scene.n.options.lanes.length))
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
      ['MaskWord']
    ],
    [
      'shares were released already',
      'its word on an earlier round after shares',
      (scene, i) => {
        scene.askForShares(i, [3], 1)
        return [scene.maskRequest(0, [3])]
      },
      ['MaskWord', 'MaskRelease', 'ShareRelease']
    ],
    [
      'shares were released already',
      'its word on a later round after shares',
      (scene, i) => {
        scene.askForShares(i, [3])
        return [scene.maskRequest(1, [3])]
      },
      ['MaskWord', 'MaskRelease', 'ShareRelease']
    ],
    [
      'not the request that was answered last',
      'shares for an M on which it has not given its word',
      scene => [scene.shareRequest([3])],
      []
    ],
    [
      'not the request that was answered last',
      'shares for more than it has given its word on',
      (scene, i) => [scene.maskRequest(0, [3]), scene.shareRequest([3, third(scene, i)])],
      ['MaskWord']
    ],
    [
      'too few neighbours outside the request',
      'its word with fewer than t neighbours outside M',
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
      'its word with fewer than minMembers outside M',
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
    const requests = given(scene, i)
    for (const request of requests) last = scene.give(i, request)
    expect(scene.answered(i)).toEqual(answered)
    expect(scene.refusals(i)).toEqual([reason])
    expect(kinds(last)).toEqual(['journal request', 'request', 'request-refused', 'verdict'])
    const refusal = last.find(output => output.type === 'request')
    expect(refusal).toMatchObject({ to: 'aggregator', stream: 'sync' })
    const envelope = decodeEnvelope(refusal?.type === 'request' ? refusal.bytes : new Uint8Array(0))
    const request = decodeEnvelope(requests.at(-1) as Uint8Array)
    expect(envelope.type).toBe(MessageType.Refusal)
    expect(RefusalPayload.decode(envelope.payload)).toEqual({ requestHash: sha256(request.payload), reason })
  })

  it('just not where t neighbours are outside, and minMembers members', () => {
    const scene = asked({ minMembers: 9 })
    const i = 0
    scene.askForShares(i, [...scene.neighbours(i).slice(0, 2), scene.strangers(i)[0] as number])
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskRelease', 'ShareRelease'])
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

  it.each([
    ['word', MessageType.MaskWord],
    ['release', MessageType.MaskRelease],
    ['release', MessageType.ShareRelease]
  ] as const)('“the journal was lost”: after an own %s (%s) that the journal does not know', (kind, type) => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    scene.askForShares(i, [3])
    const own = scene
      .meter(i)
      .outputs.flatMap(output => (output.type === 'publish' && decodeEnvelope(output.bytes).type === type ? [output.bytes] : []))
    const { journal } = scene.meter(i)
    for (const forgotten of [kind, 'request']) {
      scene.n.restart(scene.meter(i), { intact: true, records: journal.filter(each => each.kind !== kind && each.kind !== forgotten) })
      expect(scene.give(i, own[0] as Uint8Array, 'sync')).toMatchObject([{ type: 'journal-rolled-back' }, { type: 'verdict' }])
      for (const request of [scene.maskRequest(1, [3]), scene.maskRequest(2, [3])])
        expect(
          scene
            .give(i, request)
            .filter(output => output.type === 'request-refused')
            .at(-1)
        ).toMatchObject({
          reason: 'the journal was lost'
        })
    }
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskRelease', 'ShareRelease'])
    expect(new Set(scene.refusals(i))).toEqual(new Set(['the journal was lost']))
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
    expect(scene.answered(i)).toEqual(['MaskWord'])
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
    expect(scene.answered(i)).toEqual(['MaskWord'])
  })

  it('for shares of a set is held as well, after the masks', () => {
    const scene = new DoubleMaskScene().muteAggregator().submit([3])
    const [i] = scene.neighbours(3) as [number]
    scene.give(i, scene.shareRequest([3]))
    scene.give(i, scene.maskRequest(1, [3]))
    scene.give(i, scene.maskRequest(0, [3]))
    expect(scene.answered(i)).toEqual([])
    scene.n.runUntil(scene.times.deadline)
    expect(scene.answered(i)).toEqual(['MaskWord', 'MaskWord'])
    // In the order of the rounds, whatever came first.
    const [first] = scene.answers(i)
    expect(Buffer.from(first?.payload as Uint8Array).toString('hex')).toContain(
      toHex(sha256(decodeEnvelope(scene.maskRequest(0, [3])).payload))
    )
    expect([scene.outputs(i, 'fetch-words').length, scene.refusals(i)]).toEqual([1, []])
    scene.giveWords(i, scene.maskRequest(1, [3]), vouching(scene, i, [3])[0])
    expect(scene.answered(i).slice(2)).toEqual(['MaskRelease', 'ShareRelease'])
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
  /** The requests that were answered before, the two that conflict, and all that was answered. */
  type Pair = (scene: DoubleMaskScene, i: number, other: number) => readonly [before: () => void, first: Uint8Array, second: Uint8Array]
  const nothing = (): void => {}
  const shared = ['MaskWord', 'MaskRelease', 'ShareRelease'] as const
  const table: readonly [string, Pair, readonly string[]][] = [
    ['two of the same round', (scene, _, other) => [nothing, scene.maskRequest(0, [3]), scene.maskRequest(0, [3, other])], ['MaskWord']],
    ['a later one with less', (scene, _, other) => [nothing, scene.maskRequest(0, [3, other]), scene.maskRequest(1, [3])], ['MaskWord']],
    ['a later one with others', (scene, _, other) => [nothing, scene.maskRequest(1, [3]), scene.maskRequest(4, [other])], ['MaskWord']],
    ['an earlier one with more', (scene, _, other) => [nothing, scene.maskRequest(3, [3]), scene.maskRequest(2, [3, other])], ['MaskWord']],
    ['shares for less', (scene, _, other) => [nothing, scene.maskRequest(0, [3, other]), scene.shareRequest([3])], ['MaskWord']],
    ['shares for nobody after a word', scene => [nothing, scene.maskRequest(0, [3]), scene.shareRequest([])], ['MaskWord']],
    [
      'a word on more after shares',
      (scene, i, other) => [() => scene.askForShares(i, [3]), scene.shareRequest([3]), scene.maskRequest(1, [3, other])],
      shared
    ],
    ['a word after shares for nobody', scene => [nothing, scene.shareRequest([]), scene.maskRequest(5, [3])], ['ShareRelease']],
    [
      'two for shares, the second with more',
      (scene, i, other) => [() => scene.askForShares(i, [3]), scene.shareRequest([3]), scene.shareRequest([3, other])],
      shared
    ],
    [
      'two for shares, the second with less',
      (scene, i, other) => [() => scene.askForShares(i, [3, other]), scene.shareRequest([3, other]), scene.shareRequest([3])],
      shared
    ]
  ]

  it.each(table)('are evidence, once, and end all answers: %s', (_, pair, answered) => {
    const scene = asked()
    const [i] = scene.neighbours(3) as [number]
    const other = scene.neighbours(i).find(each => each !== 3) as number
    const [before, first, second] = pair(scene, i, other)
    scene.n.publish = () => {}
    before()
    const shown = scene.outputs(i, 'shared').length > 0
    scene.give(i, first, 'sync')
    const outputs = scene.give(i, second, 'sync')
    // The first went by gossip where shares were released for it.
    const publishes = shown ? ['publish'] : ['publish', 'publish']
    expect(kinds(outputs)).toEqual(['journal request', 'evidence', ...publishes, 'dropped', 'verdict'])
    expect(outputs[1]).toMatchObject({ against: scene.n.aggregatorIdentity.id, envelopes: [first, second] })
    for (const bytes of shown ? [second] : [first, second]) expect(outputs).toContainEqual({ type: 'publish', topic: 'control', bytes })
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
    expect(scene.answered(i).slice(0, answered.length)).toEqual(answered)
    expect(new Set(scene.answers(i).map(({ hash }) => toHex(hash))).size).toBe(answered.length)
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
    scene.giveWords(i, scene.maskRequest(2, [3]), vouching(scene, i, [3])[0])
    expect([scene.answered(i), scene.outputs(i, 'evidence')]).toEqual([['MaskWord', 'MaskWord', 'MaskRelease', 'ShareRelease'], []])
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
  it('masks and shares of an epoch two slots after its last one, since blame may need them', () => {
    const scene = new DoubleMaskScene()
    const epoch = scene.meter(0).state.epochs.get(scene.roster.epoch)
    const masks = epoch?.privateMasks as PrivateMasks
    scene.n.addMeter()
    scene.n.runUntil(scene.times.end)
    const from = scene.meter(0).state.book.latest?.from as typeof scene.slot
    expect(scene.meter(0).state.book.latest?.roster.n).toBe(13)
    const { over } = slotTimes((from + 1) as typeof scene.slot, 900)
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

  it.each([MessageType.MaskWord, MessageType.MaskRelease, MessageType.ShareRelease])(
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
