// A table in a region that scrolls by itself, which its edges show, and that the keyboard reaches.
import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'

interface Props {
  /** Name of the table; stays in place where the table is moved. */
  readonly caption: string
  /** True where the summary above it says the same, so that only programs that read aloud need it. */
  readonly named?: boolean
  /** True for a list that may be long: it scrolls downwards too, under its headings. */
  readonly tall?: boolean
  readonly class?: string
  readonly children: ComponentChildren
}

export function ScrollTable({ caption, named = false, tall = false, class: kind, children }: Props): JSX.Element {
  const id = useId()
  return (
    <div class="table">
      <p id={id} class={named ? 'visually-hidden' : 'caption'}>
        {caption}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is to be reached by the keyboard */}
      <section class={tall ? 'scroll tall' : 'scroll'} tabIndex={0} aria-labelledby={id}>
        <table class={kind} aria-labelledby={id}>
          {children}
        </table>
      </section>
    </div>
  )
}
