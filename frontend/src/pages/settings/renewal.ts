import type { Active } from '$lib/api'
import { renewalWords } from '$lib/player/words'
import type { Tone } from '$lib/state/notices.svelte'

/** The result of renewing all feeds, in a sentence. */
export function renewal(active: readonly Active[]): { tone: Tone; text: string } {
  const failed = active.filter((a) => a.last_error !== '')
  const n = active.length - failed.length
  const feeds = `${n} ${n === 1 ? 'feed' : 'feeds'}`
  const [first] = failed
  if (!first) return { tone: 'done', text: n === 0 ? 'No feeds are being watched.' : `Renewed ${feeds}.` }
  const rest = failed.length > 1 ? ` and ${failed.length - 1} more` : ''
  const renewed = n === 0 ? '' : `Renewed ${feeds}. `
  return {
    tone: 'warning',
    text: `${renewed}Not renewed: ${first.title}${rest}. ${sentence(renewalWords(first.last_error))}.`,
  }
}

function sentence(words: string): string {
  return words.replace(/^its /, 'Its ')
}
