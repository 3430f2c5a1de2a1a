import { useEffect, useState } from 'preact/hooks'
import { ApiProblem } from '../common/api-client.ts'
import { KeeperError } from './keeper/keeper-client.ts'

/** A value that comes later, or not at all. */
export interface Loaded<T> {
  readonly value?: T
  /** Reason why there is none, a sentence. */
  readonly problem?: string
}

/** Gives the sentence of an error. @throws any error that is not of server or keeper */
export function sentenceOf(cause: unknown): string {
  if (cause instanceof ApiProblem || cause instanceof KeeperError) return cause.message
  throw cause
}

/** Loads once and after each change of `key`; drops an answer that comes too late. */
export function useLoaded<T>(load: () => Promise<T>, key: unknown): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({})
  useEffect(() => {
    let current = true
    const settle = (result: Loaded<T>): void => {
      if (current) setLoaded(result)
    }
    const run = async (): Promise<void> => {
      try {
        settle({ value: await load() })
      } catch (cause) {
        settle({ problem: sentenceOf(cause) })
      }
    }
    void run()
    return () => {
      current = false
    }
  }, [key])
  return loaded
}
