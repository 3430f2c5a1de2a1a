// The state of the lab's page, fed by the server's events.
import type { LabAction, LabChange, LabMeterDetail, LabState } from '@hushgrid/web-api'
import { batch, computed, signal } from '@preact/signals'
import { ApiProblem, getJson, sendJson } from '../../common/api-client.ts'
import { isExpected, slotSets } from '../ring/ring-marks.ts'
import { applyChange } from './lab-state.ts'

/** State of the event stream; `lost` once it broke off and is being tried again. */
export type Connection = 'connecting' | 'live' | 'lost'

const EVENTS_PATH = '/api/lab/events'
const ACTIONS_PATH = '/api/lab/actions'
/**
 * Pause before asking again for an event stream that the server refused, ms. The browser itself reconnects one that broke
 * off.
 */
const RETRY_MS = 2000

/** Time that a notice is shown, ms. */
const NOTICE_MS = 6000

/** State of the page: the neighbourhood as its events tell it, and the chosen meter. */
export class LabStore {
  readonly connection = signal<Connection>('connecting')
  /** Reason why the last request was refused: a sentence; empty where it was not. */
  readonly problem = signal('')
  /** Notice of the action begun a moment ago. */
  readonly notice = signal('')
  readonly busy = signal(false)
  readonly selected = signal<number | undefined>(undefined)
  readonly detail = signal<LabMeterDetail | undefined>(undefined)
  readonly lane = signal('')

  readonly #state = signal<LabState | undefined>(undefined)
  readonly state = computed(() => this.#state.value)
  readonly meters = computed(() => this.#state.value?.meters ?? [])
  /** Number of meters whose submission is expected. */
  readonly expected = computed(() => this.meters.value.filter(isExpected).length)
  readonly edges = computed(() => this.#state.value?.edges ?? [])
  readonly open = computed(() => this.#state.value?.open)
  readonly sets = computed(() => slotSets(this.open.value))
  readonly slots = computed(() => this.#state.value?.slots ?? [])
  readonly lastSlot = computed(() => this.slots.value.at(-1))
  readonly counters = computed(() => this.#state.value?.counters)
  readonly asked = computed(() => this.#state.value?.asked)
  readonly log = computed(() => this.#state.value?.log ?? [])
  readonly lanes = computed(() => this.#state.value?.lanes ?? [])
  readonly phase = computed(() => this.#state.value?.phase)
  readonly contender = computed(() => this.#state.value?.contender)
  readonly contenders = computed(() => this.#state.value?.contenders ?? [])

  #source: EventSource | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #noticed: ReturnType<typeof setTimeout> | undefined
  #asking: number | undefined
  #askAgain = false
  #chosenOnce = false

  /** Begins to listen; {@link stop} ends it. */
  start(): void {
    const source = new EventSource(EVENTS_PATH)
    this.#source = source
    source.onmessage = ({ data }) => this.#take(JSON.parse(data as string) as LabChange)
    source.onerror = () => {
      this.connection.value = this.#state.value ? 'lost' : 'connecting'
      if (source.readyState !== EventSource.CLOSED) return
      this.#retry = setTimeout(() => this.start(), RETRY_MS)
    }
  }

  stop(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#noticed)
    this.#source?.close()
    this.#source = undefined
  }

  /** Chooses a meter to look into; undefined chooses none. */
  select(household: number | undefined): void {
    this.#chosenOnce = true
    if (household === this.selected.value) return
    batch(() => {
      this.selected.value = household
      this.detail.value = undefined
    })
    void this.#loadDetail()
  }

  /** Asks the lab to do something; a refusal becomes {@link problem}. */
  async act(action: LabAction, begun: string): Promise<void> {
    const csrf = this.#state.value?.csrf
    if (csrf === undefined) return
    batch(() => {
      this.busy.value = true
      this.problem.value = ''
      this.notice.value = ''
    })
    try {
      await sendJson('POST', ACTIONS_PATH, action, csrf)
      this.#say(begun)
    } catch (cause) {
      this.problem.value = sentenceOf(cause)
    } finally {
      this.busy.value = false
    }
  }

  #say(notice: string): void {
    clearTimeout(this.#noticed)
    this.notice.value = notice
    this.#noticed = setTimeout(() => (this.notice.value = ''), NOTICE_MS)
  }

  #take(change: LabChange): void {
    batch(() => {
      this.connection.value = 'live'
      const before = this.#state.value
      if (change.type === 'snapshot') this.#state.value = applyChange(change.state, change)
      else if (before) this.#state.value = applyChange(before, change)
      this.#chooseAtFirst()
    })
    if (change.type === 'over' || change.type === 'snapshot') void this.#loadDetail()
  }

  #chooseAtFirst(): void {
    if (!this.lanes.value.includes(this.lane.value)) this.lane.value = this.lanes.value[0] ?? ''
    const first = this.meters.value[0]
    if (this.#chosenOnce || !first) return
    this.#chosenOnce = true
    this.selected.value = first.household
  }

  /** Loads the chosen meter, one request at a time; demands made meanwhile become one request afterwards. */
  async #loadDetail(): Promise<void> {
    const household = this.selected.value
    if (household === undefined) return
    if (this.#asking !== undefined) {
      this.#askAgain = true
      return
    }
    this.#asking = household
    try {
      const detail = await getJson<LabMeterDetail>(`/api/lab/meters/${household}`)
      if (this.selected.value === household) this.detail.value = detail
    } catch (cause) {
      // Stays silent while the stream is lost: the page says so already, and its snapshot brings the next request.
      if (this.connection.value === 'live') this.problem.value = sentenceOf(cause)
    } finally {
      this.#asking = undefined
    }
    if (!this.#askAgain) return
    this.#askAgain = false
    await this.#loadDetail()
  }
}

function sentenceOf(cause: unknown): string {
  if (!(cause instanceof ApiProblem)) throw cause
  const { message } = cause
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`
}
