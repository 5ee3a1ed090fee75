package io.dmst.serve.oip.conformance;

import static io.dmst.serve.oip.conformance.HttpFactsIntegrationTests.refused;
import static io.dmst.serve.oip.conformance.Requests.asking;
import static io.dmst.serve.oip.conformance.Requests.json;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Open Inference Protocol's rules of inference, over HTTP: what must be refused, with a status
 * of 4xx and an object that says why. After each mistake the server still answers.
 */
class HttpMistakesIntegrationTests {

    private final Target target = Target.get();
    private final List<Tensor> inputs = target.request(1, 1);
    private final Tensor first = inputs.getFirst();

    @AfterEach
    void theServerStillAnswers() {
        Answer.of(target.http().post(target.infer(), json(inputs).toString()));
    }

    private void mistake(String body) {
        refused(target.http().post(target.infer(), body));
    }

    /** The usual request, but for its first input. */
    private ObjectNode but(ObjectNode input) {
        ObjectNode request = json(inputs);
        request.withArray("inputs").set(0, input);
        return request;
    }

    private void mistake(Tensor input) {
        mistake(but(input.json()).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "7", "no JSON", "{\"inputs\":[}"})
    void aBodyThatIsNoRequest(String body) {
        mistake(body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"inputs\":[]}", "{\"inputs\":{}}", "{\"inputs\":[7]}"})
    void aRequestWithoutInputs(String body) {
        mistake(body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "shape", "datatype", "data"})
    void anInputWithoutAFieldThatIsRequired(String field) {
        ObjectNode input = first.json();
        input.remove(field);
        mistake(but(input).toString());
    }

    @Test
    void anInputThatTheModelDoesNotHave() {
        mistake(first.named("no_such_input"));
    }

    @Test
    void anInputThatComesTwice() {
        List<Tensor> twice = new ArrayList<>(inputs);
        twice.add(first);
        mistake(json(twice).toString());
    }

    @Test
    void aDatatypeThatTheInputDoesNotHave() {
        mistake(first.typed(first.datatype().equals("FP32") ? "INT64" : "FP32"));
    }

    @Test
    void aDatatypeThatThereIsNot() {
        mistake(first.typed("FLOAT"));
    }

    @Test
    void aShapeOfTooManyDimensions() {
        List<Long> shape = new ArrayList<>(first.shape());
        shape.add(1L);
        mistake(first.shaped(shape));
    }

    @Test
    void aDimensionThatTheInputDoesNotHave() {
        List<Long> fixed = target.inputs().getFirst().shape();
        assumeTrue(fixed.getLast() != -1, "the last dimension of the input is free");
        List<Long> shape = new ArrayList<>(first.shape());
        shape.set(shape.size() - 1, shape.getLast() + 1);
        mistake(first.shaped(shape));
    }

    @Test
    void aDimensionBelowZero() {
        List<Long> shape = new ArrayList<>(first.shape());
        shape.set(0, -1L);
        mistake(first.shaped(shape));
    }

    @Test
    void aDimensionThatIsNoWholeNumber() {
        ObjectNode input = first.json();
        input.putArray("shape").add("one").add(1.5);
        mistake(but(input).toString());
    }

    @Test
    void aShapeSoLargeThatItsProductOverflows() {
        List<Long> shape = new ArrayList<>(first.shape());
        shape.set(0, Long.MAX_VALUE / 2);
        mistake(first.shaped(shape));
    }

    @Test
    void tooFewElements() {
        mistake(first.with(first.elements().subList(0, first.elements().size() - 1)));
    }

    @Test
    void tooManyElements() {
        List<Object> more = new ArrayList<>(first.elements());
        more.add(more.getFirst());
        mistake(first.with(more));
    }

    @Test
    void elementsOfAnotherKind() {
        assumeTrue(!first.datatype().equals("BYTES"), "texts can be of any kind");
        List<Object> others = new ArrayList<>(first.elements());
        others.set(0, "a text");
        mistake(first.with(others));
    }

    @Test
    void dataThatIsNoList() {
        mistake(but(first.header().put("data", 7)).toString());
    }

    @Test
    void anOutputThatTheModelDoesNotHave() {
        mistake(asking(json(inputs), List.of("no_such_output")).toString());
    }

    @Test
    void anIdThatIsNoText() {
        mistake(json(inputs).put("id", 7).toString());
    }

    @Test
    void aModelOrAVersionThatThereIsNot() {
        String request = json(inputs).toString();
        refused(target.http().post("/v2/models/no-such-model/infer", request));
        refused(target.http().post(target.path("/versions/987654/infer"), request));
    }
}
