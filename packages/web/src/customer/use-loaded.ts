import { useEffect, useState } from 'preact/hooks'
import { ApiProblem } from '../common/api-client.ts'
import { KeeperError } from './keeper/keeper-client.ts'

/** Something that comes later, or not at all. */
export interface Loaded<T> {
  readonly value?: T
  /** A sentence. */
  readonly problem?: string
}

/** What an error says to a person. @throws what is no error of server or keeper */
export function sentenceOf(cause: unknown): string {
  if (cause instanceof ApiProblem || cause instanceof KeeperError) return cause.message
  throw cause
}

/** Loads, once and whenever `key` changes; what comes too late is dropped. */
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
