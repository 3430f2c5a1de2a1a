import type { DeskClock, SessionInfo } from '@hushgrid/web-api'
import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import { ApiProblem, getJson, sendJson } from '../../common/api-client.ts'

/** State that the pages of the desk share, with the signed-in person. */
export interface DeskContext {
  readonly session: SessionInfo
  /** Time zone of days and of the times shown. */
  readonly zone: string
  /** The zones of the tariffs; a page that needs the node's time asks for it when it opens. */
  readonly clock: Pick<DeskClock, 'zones'>
  /** Ends the session: the person signs in again. */
  readonly ended: () => void
}

export const DeskOf = createContext<DeskContext | undefined>(undefined)

export function useDesk(): DeskContext {
  const desk = useContext(DeskOf)
  if (!desk) throw new Error('expected a page of the desk, got none around this')
  return desk
}

export interface Loaded<T> {
  /** Answer of the path that was asked for last. */
  readonly value: T | undefined
  /** Reason of a failure, a sentence. */
  readonly problem: string | undefined
  readonly again: () => void
}

/** Asks for a path's answer, again whenever the path changes. */
export function useJson<T>(path: string): Loaded<T> {
  const { value, problem, again } = useJsons<T>([path])
  return { value: value?.[0], problem, again }
}

/** Asks for the answers of several paths, of which all are there or none. */
export function useJsons<T>(paths: readonly string[]): Loaded<readonly T[]> {
  const { ended } = useDesk()
  const path = paths.join('\n')
  const [found, setFound] = useState<{ readonly path: string; readonly value?: readonly T[]; readonly problem?: string }>()
  const [times, setTimes] = useState(0)
  useEffect(() => {
    const leaving = new AbortController()
    Promise.all(paths.map(each => getJson<T>(each, leaving.signal))).then(
      value => setFound({ path, value }),
      cause => {
        if (leaving.signal.aborted) return
        if (cause instanceof ApiProblem && cause.status === 401) ended()
        setFound({ path, problem: sentenceOf(cause) })
      }
    )
    return () => leaving.abort()
  }, [path, times])
  const own = found?.path === path ? found : undefined
  return { value: own?.value, problem: own?.problem, again: () => setTimes(times + 1) }
}

/** Gives a function that sends a change as the signed-in person. */
export function useSend(): <T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown) => Promise<T> {
  const { session, ended } = useDesk()
  return async (method, path, body) => {
    try {
      return await sendJson(method, path, body, session.csrf)
    } catch (cause) {
      if (cause instanceof ApiProblem && cause.status === 401) ended()
      throw cause
    }
  }
}

/** Gives the sentence of an error. */
export function sentenceOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : 'Something has gone wrong.'
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}
