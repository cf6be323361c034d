import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether the rehearsal's chat reached this window: only the window knows. */
export const useChatArrived = defineStore('rehearsal-chat', () => ({ arrived: ref(false) }))
