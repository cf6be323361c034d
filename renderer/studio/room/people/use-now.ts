import { onBeforeUnmount, ref, type Ref } from 'vue'

/** The time, for texts that tell an age or count down. Its timer ends with the component. */
export function useNow(everyMs: number): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), everyMs)
  onBeforeUnmount(() => clearInterval(timer))
  return now
}
