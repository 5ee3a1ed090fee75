package io.dmst.serve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTests {

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;

    private static int takeAll(RetryBudget budget, long now) {
        int tries = 0;
        while (budget.take(now)) {
            tries++;
        }
        return tries;
    }

    @Test
    void secondTriesAreAShareOfTheRequestsAndAFew() {
        RetryBudget budget = new RetryBudget(0.1, 10);
        int tries = 0;
        for (int request = 0; request < 10_000; request++) {
            budget.request(request * 10 * MS);
            if (budget.take(request * 10 * MS)) {
                tries++;
            }
        }
        assertThat(tries).isBetween(1_000, 1_210);
    }

    @Test
    void whatANodeTakesWithItMayAllBeTriedAgainAtOnce() {
        RetryBudget budget = new RetryBudget(0.1, 10);
        for (int request = 0; request < 1_000; request++) {
            budget.request(request * 10 * MS);
        }
        assertThat(takeAll(budget, 9_999 * MS)).isEqualTo(110);
    }

    @Test
    void noWindowHasMoreSecondTriesThanItsShare() {
        RetryBudget budget = new RetryBudget(0.2, 0);
        int[] tries = new int[60];
        for (int second = 0; second < tries.length; second++) {
            for (int request = 0; request < 50; request++) {
                budget.request(second * SECOND);
            }
            tries[second] = second < 30 ? 0 : takeAll(budget, second * SECOND);
        }
        for (int from = 0; from + 10 <= tries.length; from++) {
            int inWindow = 0;
            for (int second = from; second < from + 10; second++) {
                inWindow += tries[second];
            }
            assertThat(inWindow).as("from second %d", from).isLessThanOrEqualTo(100);
        }
        assertThat(tries[30]).isEqualTo(100);
    }

    @Test
    void whatWasNotUsedIsForgotten() {
        RetryBudget budget = new RetryBudget(0.5, 1);
        for (int request = 0; request < 1_000; request++) {
            budget.request(0);
        }
        assertThat(takeAll(budget, 1_000 * SECOND)).isEqualTo(1);
    }

    @Test
    void noShareMeansNoSecondTry() {
        RetryBudget budget = new RetryBudget(0, 100);
        budget.request(0);
        assertThat(budget.take(0)).isFalse();
    }
}
