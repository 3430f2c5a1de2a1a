/** When, in its slot, a meter's process ends. */
export type PlannedPhase = 'before-submitting' | 'after-submitting' | 'while-releasing'

/** What an attack does; who does it follows from it. */
export type AttackName =
  | 'hide-submission'
  | 'ask-one-alone'
  | 'ask-twice'
  | 'ask-late'
  | 'keep-from-named'
  | 'cut-off'
  | 'two-rosters'
  | 'submit-late'
  | 'replay'
  | 'dispute-falsely'
  | 'stay-silent'
  | 'flood'
  | 'impersonate'
  | 'journal-lost'
  | 'journal-rolled-back'
  | 'leave-and-return'
  | 'split-survivors'
  | 'split-around-two'
  | 'grow-around-one'
  | 'ask-shares-twice'
  | 'shares-of-released'
  | 'masks-after-shares'
  | 'strip-piecewise'
  | 'hold-back'
  | 'wrong-corrections'
  | 'wrong-shares'
  | 'share-for-released'

/**
 * One operation with everything drawn and resolved. `at` counts slots from 0: the whole number k is the moment when slot
 * k's submissions begin, the fraction counts on from there in slots. Meters are numbered from 0.
 */
export type PlannedOperation = { readonly at: number } & (
  | { readonly do: 'join' | 'leave'; readonly meter: number }
  | { readonly do: 'crash'; readonly meter: number; readonly phase: PlannedPhase }
  | { readonly do: 'restart'; readonly meter: number; readonly journal: 'intact' | 'lost' | 'rolled-back' }
  | { readonly do: 'partition'; readonly meters: readonly number[] }
  | { readonly do: 'heal' | 'aggregator-crash' | 'aggregator-restart' | 'registrar-crash' | 'registrar-restart' }
  /** One way, in seconds of protocol time; 0 ends it. */
  | { readonly do: 'delay'; readonly meters: readonly number[] | 'all'; readonly seconds: number }
  /** Share of messages that are lost, 0 to 1; 0 ends it. */
  | { readonly do: 'loss'; readonly meters: readonly number[] | 'all'; readonly rate: number }
  /** How far each clock is ahead, in seconds of protocol time; negative where it is behind. */
  | { readonly do: 'skew'; readonly offsets: readonly (readonly [meter: number, seconds: number])[] }
  | {
      readonly do: 'attack'
      readonly by: 'aggregator' | 'registrar' | 'members'
      readonly what: AttackName
      /** The victim, or the member that attacks. */
      readonly meter?: number
      /** Colluders. */
      readonly meters?: readonly number[]
      /** How many slots it goes on for. */
      readonly slots: number
    }
)
