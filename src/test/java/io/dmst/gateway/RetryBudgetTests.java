package io.dmst.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTests {

    @Test
    void secondTriesAreAShareOfTheRequestsAndAPurse() {
        RetryBudget budget = new RetryBudget(0.1, 100);
        int tries = 0;
        for (int request = 0; request < 10_000; request++) {
            budget.request();
            if (budget.take()) {
                tries++;
            }
        }
        assertThat(tries).isBetween(1_099, 1_101);
    }

    @Test
    void thePurseDoesNotGrowWhileNothingFails() {
        RetryBudget budget = new RetryBudget(0.5, 10);
        for (int request = 0; request < 1_000; request++) {
            budget.request();
        }
        int tries = 0;
        while (budget.take()) {
            tries++;
        }
        assertThat(tries).isEqualTo(10);
    }

    @Test
    void noShareMeansNoSecondTry() {
        RetryBudget budget = new RetryBudget(0, 100);
        budget.request();
        assertThat(budget.take()).isFalse();
    }
}
