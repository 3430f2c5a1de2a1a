// Milliseconds of a change: from its own operation to the news that show it, whatever befalls the same meter meanwhile.
import { type MeterId, slot } from '@hushgrid/primitives'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ChangeAccount, type Changes } from '../../src/churn/change-account.ts'
import type { LabNeighbourhood, LabSample } from '../../src/neighbourhood/neighbourhood.ts'

const FIRST = slot(100)
const ID = 'm' as MeterId

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const news = (epoch: number, some: Partial<Changes>): Changes =>
  ({ type: 'changes', epoch, bytes: 100, joined: [], left: [], absent: [], present: [], ...some }) as unknown as Changes

function accountOf() {
  const memberships = [1, 2, 3].map(epoch => ({ epoch, firstSlot: FIRST + epoch, n: 5 }))
  const households = new Map([[ID, 7]])
  return new ChangeAccount({ firstSlot: FIRST, memberships, households } as unknown as LabNeighbourhood)
}

const sample = { agreementsOf: {} } as LabSample

it('of a join are its own, also where its meter leaves before the join is accounted for', () => {
  const account = accountOf()
  account.begins(7, 'join')
  vi.advanceTimersByTime(30)
  account.hear(news(1, { joined: [ID] }))
  vi.advanceTimersByTime(500)
  account.begins(7, 'leave')
  account.account(slot(101), sample)
  vi.advanceTimersByTime(20)
  account.hear(news(2, { left: [ID] }))
  account.account(slot(102), sample)
  expect(account.changes.map(({ kind, meter, milliseconds }) => [kind, meter, milliseconds])).toEqual([
    ['join', 7, 30],
    ['leave', 7, 20]
  ])
})

it('of a join are its own, also where its meter begins to leave before the news', () => {
  const account = accountOf()
  account.begins(7, 'join')
  vi.advanceTimersByTime(40)
  account.begins(7, 'leave')
  vi.advanceTimersByTime(10)
  account.hear(news(1, { joined: [ID] }))
  account.account(slot(101), sample)
  expect(account.changes.map(({ milliseconds }) => milliseconds)).toEqual([50])
})

it('are left out where nobody began the change, and where it has shown before', () => {
  const account = accountOf()
  account.begins(7, 'absent')
  vi.advanceTimersByTime(5)
  account.hear(news(1, { absent: [ID] }))
  account.hear(news(2, { absent: [ID] }))
  account.hear(news(3, { present: [ID] }))
  account.account(slot(103), sample)
  expect(account.changes.map(({ kind, milliseconds }) => [kind, milliseconds])).toEqual([
    ['absent', 5],
    ['absent', undefined],
    ['return', undefined]
  ])
})
