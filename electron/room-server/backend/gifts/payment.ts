/** One charge. `orderId` is what a payment service knows a repeat by. */
export interface Charge {
  readonly orderId: string
  readonly userId: string
  readonly coins: number
}

export type Payment = { readonly ok: true; readonly balance: number } | { readonly ok: false; readonly reason: 'too-poor'; readonly balance: number }

/**
 * Where coins come from and go to: the embedded test wallet, or a payment service of one's own. Each call may be made again with the same
 * order id after a failure or a restart, and must then have the effect of one.
 */
export interface PaymentHook {
  /** @throws Error when it is not known whether it was paid: the same charge is asked for again */
  charge(charge: Charge): Promise<Payment>
  /** Gives back what the order cost. @throws Error as above */
  refund(charge: Charge): Promise<Payment>
  balance(userId: string): Promise<number>
}
