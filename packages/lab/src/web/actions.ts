// Actions of a person on the lab's neighbourhood, and the moments at which each is refused.
import { HttpProblem } from '@hushgrid/http'
import { type Slot, slotAt } from '@hushgrid/primitives'
import type { LabAction } from '@hushgrid/web-api'
import { contendersOn } from '../contender/contenders.ts'
import type { HostOperation } from '../meters/operation.ts'
import type { LabNeighbourhood } from '../neighbourhood/neighbourhood.ts'
import { whyNotSwitch } from '../run/switch.ts'
import type { LabFeed } from './feed.ts'
import type { RunView } from './run-view.ts'
import { clockOf } from './slot-line.ts'

/** Begins actions on the present run. */
export class LabActions {
  readonly #feed: LabFeed
  readonly #view: () => RunView | undefined
  /** True while the aggregator is going down or coming up. */
  #busy = false

  constructor(feed: LabFeed, view: () => RunView | undefined) {
    this.#feed = feed
    this.#view = view
  }

  /** @throws HttpProblem 409 where the action does not fit now */
  begin(action: LabAction): void {
    const view = this.#view()
    const { phase } = this.#feed.run
    if (!view || phase !== 'running') throw new HttpProblem(409, `the neighbourhood is ${phase === 'ended' ? 'ended' : 'being formed'}`)
    switch (action.do) {
      case 'join':
        this.#join(view, action.household)
        return
      case 'leave':
        this.#leave(view, action.household)
        return
      case 'crash':
        this.#crash(view, action.household)
        return
      case 'restart':
        this.#restart(view, action.household)
        return
      case 'aggregator-crash':
      case 'aggregator-restart':
        this.#aggregator(view, action.do === 'aggregator-restart')
        return
      case 'ask-twice':
        this.#askTwice(view, action.household)
        return
      case 'switch':
        this.#switch(view, action.contender)
        return
    }
  }

  #switch(view: RunView, name: string): void {
    const { plan } = view.run
    const { recovery } = plan.network
    const to = contendersOn(recovery).find(({ facts }) => facts.name === name)
    if (!to) throw new HttpProblem(409, `expected a contender for a network with recovery ${recovery}, got ${name}`)
    const why = whyNotSwitch(plan, to, nextSlot(view))
    if (why !== undefined) throw new HttpProblem(409, why)
    this.#feed.say('note', 'This run ends, and the neighbourhood is formed anew.')
    this.#feed.renew({ phase: 'switching' })
    view.run.switchTo(to)
  }

  #join(view: RunView, wanted: number | undefined): void {
    const { spare } = this.#feed.run
    const household = wanted ?? spare[0]
    if (household === undefined) throw new HttpProblem(409, 'every household that there are readings of has a meter in the ring')
    const state = view.stateOf(household)
    if (state === 'joining') throw new HttpProblem(409, `meter ${household} is joining already`)
    if (state !== 'out') throw new HttpProblem(409, `meter ${household} is in the ring already`)
    if (!spare.includes(household)) throw new HttpProblem(409, `there are no readings of household ${household}`)
    this.#feed.say('note', `Meter ${household} asks to join.`)
    this.#operate(view, { do: 'join', household })
  }

  #leave(view: RunView, household: number): void {
    mustRun(view, household)
    const { minMembers } = view.run.plan.network
    const staying = (view.ring?.meters ?? []).filter(each => view.stateOf(each.household) === 'in' && each.household !== household).length
    if (staying < minMembers)
      throw new HttpProblem(409, `${staying} members would be left, and the network's least number is ${minMembers}`)
    this.#feed.say('note', `Meter ${household} says that it leaves.`)
    this.#operate(view, { do: 'leave', household })
  }

  #crash(view: RunView, household: number): void {
    const state = view.stateOf(household)
    if (state === 'out' || state === 'joining') throw new HttpProblem(409, `meter ${household} is not in the ring`)
    if (state === 'down') throw new HttpProblem(409, `meter ${household} is down already`)
    this.#feed.say('note', `Meter ${household} crashes, as if its process had been killed.`)
    this.#operate(view, { do: 'crash', household })
  }

  #restart(view: RunView, household: number): void {
    const state = view.stateOf(household)
    if (view.meters.isStarting(household)) throw new HttpProblem(409, `meter ${household} is being started`)
    if (state !== 'down') throw new HttpProblem(409, state === 'out' ? `meter ${household} is not in the ring` : `meter ${household} runs`)
    this.#operate(view, { do: 'restart', household, journal: 'intact' }, `Meter ${household} runs again, with its keys and its journal.`)
  }

  #operate(view: RunView, operation: Extract<HostOperation, { household: number }>, done?: string): void {
    this.#follow(view, `meter ${operation.household}: ${operation.do}`, view.run.neighbourhood.operate(operation), done)
  }

  #aggregator(view: RunView, up: boolean): void {
    const { neighbourhood, plan } = view.run
    const who = plan.contender.shown.collector
    if (this.#busy) throw new HttpProblem(409, `the ${who} is being ${up ? 'started' : 'stopped'}`)
    if (this.#feed.run.aggregatorUp === up) throw new HttpProblem(409, `the ${who} is ${up ? 'up' : 'down'} already`)
    this.#busy = true
    const done = (up ? neighbourhood.restartAggregator() : neighbourhood.stopAggregator()).finally(() => {
      this.#busy = false
    })
    this.#follow(view, `${who}: ${up ? 'restart' : 'crash'}`, done)
  }

  #askTwice(view: RunView, household: number): void {
    const { neighbourhood, plan } = view.run
    if (!neighbourhood.askTwice) throw new HttpProblem(409, 'there are no masks to ask for in this mode')
    if (plan.network.recovery === 'none')
      throw new HttpProblem(409, 'there is nothing to ask: in a network without recovery nobody releases masks')
    if (!this.#feed.run.aggregatorUp) throw new HttpProblem(409, 'the aggregator is down')
    if (view.attack) throw new HttpProblem(409, 'an attack is under way; it ends with its slot')
    mustRun(view, household)
    if (view.stateOf(household) === 'absent') throw new HttpProblem(409, `meter ${household} is absent: nobody masks towards it`)
    const slot = slotAt(neighbourhood.clock.now(), plan.network.slotSeconds)
    const when = clockOf(slot, plan.network.slotSeconds)
    if (isLast(neighbourhood, plan.slots, slot)) throw new HttpProblem(409, 'the run ends before there is another slot')
    view.attacking(slot, household)
    this.#feed.say(
      'attack',
      `In the slot of ${when} the aggregator will ask for the masks of meter ${household}'s neighbours twice: one half of the meters is told that these are missing, the other half that those are.`
    )
    neighbourhood.askTwice(household, slot).then(
      shown => view.attacked({ shown }),
      cause => view.attacked({ problem: view.named(messageOf(cause)) })
    )
  }

  #follow(view: RunView, what: string, doing: Promise<void>, done?: string): void {
    doing.then(
      () => {
        if (done !== undefined) this.#feed.say('note', done)
      },
      cause => this.#feed.say('warning', view.named(`${what}: ${messageOf(cause)}`))
    )
  }
}

/** @throws HttpProblem 409 unless the household's meter is in the ring and up */
function mustRun(view: RunView, household: number): void {
  const state = view.stateOf(household)
  if (state === 'out' || state === 'joining') throw new HttpProblem(409, `meter ${household} is not in the ring`)
  if (state === 'down') throw new HttpProblem(409, `meter ${household} is down`)
  if (state === 'leaving') throw new HttpProblem(409, `meter ${household} is leaving already`)
}

/** Gives the first slot without a result. */
function nextSlot({ run }: RunView): Slot {
  return slotAt(run.neighbourhood.clock.now(), run.plan.network.slotSeconds)
}

/** Tells whether a slot lies after the last that a run over these readings can have. */
function isLast({ options, firstSlot }: LabNeighbourhood, slots: number | undefined, slot: Slot): boolean {
  const end = Math.min(
    options.readings.endSlot ?? Number.POSITIVE_INFINITY,
    slots === undefined ? Number.POSITIVE_INFINITY : firstSlot + slots
  )
  return slot >= end
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
