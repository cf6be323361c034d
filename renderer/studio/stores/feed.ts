import { defineStore } from 'pinia'
import { ref } from 'vue'

export const FEED_TABS = ['chat', 'gifts', 'people', 'stream'] as const
export type FeedTab = (typeof FEED_TABS)[number]

/** Which part of the feed is shown, and whether the chat is in a window of its own too. */
export const useFeed = defineStore('feed', () => ({ tab: ref<FeedTab>('chat'), poppedOut: ref(false) }))
