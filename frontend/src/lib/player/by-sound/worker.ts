import { correlate, type Match } from './correlate'

/** Two envelopes to compare. */
export interface Question {
  id: number
  first: Float32Array
  second: Float32Array
}
export interface Answer {
  id: number
  match: Match | null
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  const answer: Answer = { id: data.id, match: correlate(data.first, data.second) }
  postMessage(answer)
})
