import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { FeedFilter } from './facts'

/** What the anchor has begun in the chat, kept while another tab is looked at. */
export const useDraft = defineStore('chat-draft', () => ({ text: ref(''), filter: ref<FeedFilter>('all') }))
