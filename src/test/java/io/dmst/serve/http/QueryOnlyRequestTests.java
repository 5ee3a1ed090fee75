package io.dmst.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class QueryOnlyRequestTests {

    private static QueryOnlyRequest request(@Nullable String query) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setQueryString(query);
        request.addParameter("of_the_body", "1");
        return new QueryOnlyRequest(request);
    }

    @Test
    void parametersAreDecodedAndKeepTheirOrderAndTheirRepetitions() {
        QueryOnlyRequest request = request("b=1&a=x%20y+z&b=%C3%A9&flag&c=d=e");
        assertThat(Collections.list(request.getParameterNames()))
                .containsExactly("b", "a", "flag", "c");
        assertThat(request.getParameterValues("b")).containsExactly("1", "é");
        assertThat(request.getParameter("a")).isEqualTo("x y z");
        assertThat(request.getParameter("flag")).isEmpty();
        assertThat(request.getParameter("c")).isEqualTo("d=e");
    }

    @Test
    void theBodyHasNoParametersAndWhatIsNotEncodedStandsForItself() {
        assertThat(request(null).getParameterMap()).isEmpty();
        assertThat(request("").getParameter("of_the_body")).isNull();
        assertThat(request("a=%zz").getParameter("a")).isEqualTo("%zz");
    }
}
