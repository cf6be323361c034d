import { useIntervalFn } from '@vueuse/core'
import { storeToRefs } from 'pinia'
import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useChat } from '../../../room/chat-store'
import { newsSince } from './facts'

const DIGEST_MS = 10_000

/** What a screen reader is told of the feed: how much came, every ten seconds. Each message would never end. */
export function useDigest(): Readonly<Ref<string>> {
  const { t, n } = useI18n()
  const { ring } = storeToRefs(useChat())
  const digest = ref('')
  let told = ring.value.at(-1)?.no ?? 0
  useIntervalFn(() => {
    const { messages, questions } = newsSince(ring.value, told, 'all', '')
    told = ring.value.at(-1)?.no ?? told
    const said = t('chat.digest.messages', { count: n(messages) }, messages)
    if (messages === 0) digest.value = ''
    else if (questions === 0) digest.value = said
    else digest.value = t('chat.digest.both', { messages: said, questions: t('chat.digest.questions', { count: n(questions) }, questions) })
  }, DIGEST_MS)
  return digest
}
