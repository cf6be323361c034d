import { useI18n } from 'vue-i18n'
import { useGifts } from '../../../room/gift-store'

/** The name and sign of a gift; of one that is no longer in the catalogue, its id. */
export function useGiftName(): (giftId: string) => { readonly name: string; readonly emoji: string } {
  const { locale } = useI18n()
  const gifts = useGifts()
  return (giftId) => {
    const gift = gifts.catalogue.find((one) => one.giftId === giftId)
    return gift === undefined ? { name: giftId, emoji: '🎁' } : { name: gift.name[locale.value === 'zh-CN' ? 'zh-CN' : 'en'], emoji: gift.emoji }
  }
}
