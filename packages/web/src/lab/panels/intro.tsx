// Top of the page: what one sees in one sentence, the latest news, and a tour in three steps.
import type { LabContender } from '@hushgrid/web-api'
import type { ComponentChildren, JSX } from 'preact'
import { unitOf } from '../../common/quantities.ts'
import type { LabStore } from '../state/lab-store.ts'
import { roleName } from '../state/roles.ts'
import { type Tour, tourOf } from '../state/tour.ts'

/** Ids of the places that the tour's steps lead to. */
export const TOUR = { used: 'tour-used', left: 'tour-left', sum: 'tour-sum' } as const

/** Says in one sentence what one sees, and below it the latest event. */
export function Intro({ store }: { readonly store: LabStore }): JSX.Element {
  const contender = store.contender.value
  const latest = store.log.value.findLast(({ kind }) => kind !== 'warning')
  return (
    <section class="intro" aria-label="What this page shows">
      <p class="intro-what">{contender ? sentenceOf(contender, store.meters.value.length) : 'The lab is about to start its nodes.'}</p>
      <p class="intro-latest" title={latest?.text}>
        {latest ? (
          <>
            <span class="muted">Latest, </span>
            <time class="muted" dateTime={latest.at}>
              {latest.at.slice(11, 19)}
            </time>
            {': '}
            {latest.text}
          </>
        ) : (
          'Nothing has happened yet.'
        )}
      </p>
    </section>
  )
}

function sentenceOf(contender: LabContender, count: number): string {
  const who = count === 0 ? 'Smart meters' : `${count} smart meters`
  const collector = roleName(contender, contender.collector)
  return contender.masks
    ? `${who} tell one ${collector} what they use together, slot by slot, and nobody what one of them uses.`
    : `${who} send their readings encrypted to a ${collector}, slot by slot, and the supplier learns what they use together.`
}

/** Leads in three steps from a household's reading to the total, with the figures of the last slot. */
export function TourPanel({ store }: { readonly store: LabStore }): JSX.Element {
  const household = store.selected.value
  const lane = store.lane.value
  const tour = tourOf(store.detail.value, store.slots.value, lane)
  const masks = store.contender.value?.masks ?? true
  const neighbours = store.detail.value?.neighbours.length ?? 0
  const who = household === undefined ? 'The chosen meter' : `Meter ${household}`
  const when = tour ? ` in the slot of ${tour.when}` : ''
  return (
    <nav class="tour" aria-label="Tour in three steps">
      <ol>
        <Step to={TOUR.used} number={1} title="What the household used">
          {tour?.used === undefined ? (
            `${who} has no reading yet.`
          ) : (
            <Figured before={`${who} used `} value={tour.used} after={` ${unitOf(lane)}${when}.`} />
          )}
        </Step>
        <Step to={TOUR.left} number={2} title="What leaves the house">
          <Left tour={tour} neighbours={neighbours} />
        </Step>
        <Step to={TOUR.sum} number={3} title="Why the sum is right">
          {masks
            ? 'What one meter adds as a mask its neighbour subtracts. '
            : 'Encrypted readings are added up unopened, and only their sum is decrypted. '}
          <Sum tour={tour} lane={lane} />
        </Step>
      </ol>
    </nav>
  )
}

function Left({ tour, neighbours }: { readonly tour: Tour | undefined; readonly neighbours: number }): JSX.Element {
  if (!tour?.left) return <>Nothing has left it{tour ? ` in the slot of ${tour.when}` : ' yet'}.</>
  const { form, text } = tour.left
  return form === 'masked' ? (
    <Figured before="" value={text} after={`: the reading plus ${neighbours > 0 ? neighbours : 'its'} masks, modulo 2⁶⁴.`} />
  ) : (
    <Figured before="" value={text} after=": a ciphertext, noise without the key." />
  )
}

function Sum({ tour, lane }: { readonly tour: Tour | undefined; readonly lane: string }): JSX.Element {
  if (!tour) return <>No slot is over yet.</>
  const { total, outcome, good } = tour
  return (
    <>
      {total !== undefined && (
        <>
          Left is <b class="number">{total}</b> {unitOf(lane)}{' '}
        </>
      )}
      {total === undefined && 'This slot: '}
      <span class={good ? 'good' : 'bad'}>{outcome}</span>
    </>
  )
}

function Figured({ before, value, after }: { readonly before: string; readonly value: string; readonly after: string }): JSX.Element {
  return (
    <>
      {before}
      <b class="number">{value}</b>
      {after}
    </>
  )
}

interface StepProps {
  readonly to: string
  readonly number: number
  readonly title: string
  readonly children: ComponentChildren
}

function Step({ to, number, title, children }: StepProps): JSX.Element {
  return (
    <li>
      <a href={`#${to}`}>
        <StepNumber number={number} />
        {title}
      </a>
      <p>{children}</p>
    </li>
  )
}

/** The number of a step, at the tour and at the place that it leads to. */
export function StepNumber({ number }: { readonly number: number }): JSX.Element {
  return (
    <span class="step" aria-hidden="true">
      {number}
    </span>
  )
}
