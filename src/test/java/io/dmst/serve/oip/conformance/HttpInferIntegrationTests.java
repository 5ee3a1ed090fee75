package io.dmst.serve.oip.conformance;

import static io.dmst.serve.oip.conformance.Requests.asking;
import static io.dmst.serve.oip.conformance.Requests.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dmst.serve.http.OipCaller.Reply;
import io.dmst.serve.oip.conformance.Target.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The Open Inference Protocol's rules of inference, over HTTP: what must be answered. */
class HttpInferIntegrationTests {

    private final Target target = Target.get();
    private final List<Tensor> inputs = target.request(1, 1);

    private Reply ask(ObjectNode request) {
        return target.http().post(target.infer(), request.toString());
    }

    private List<String> usual() {
        return List.copyOf(Answer.of(ask(json(inputs))).outputs().keySet());
    }

    @Test
    void inputsAloneAreARequestAndItsOutputsAreAsDescribed() {
        Reply reply = ask(json(inputs)).ok();
        assertThat(reply.header("Content-Type")).startsWith("application/json");
        assertThat(Answer.of(reply).asDescribed().outputs()).isNotEmpty();
    }

    /** Our models have explanations, which are answered by name alone: a deviation with a name. */
    @Test
    void whereNoOutputIsNamedAllAreAnswered() {
        assumeFalse(target.isOurs(), "our explanations are answered where they are named");
        assertThat(Answer.of(ask(json(inputs))).outputs().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        target.outputs().stream().map(Form::name).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "an id with blanks", "ünïcödé ✓", "\"quoted\"\\"})
    void anIdComesBack(String id) {
        assertThat(ask(json(inputs).put("id", id)).ok().json().path("id").asString()).isEqualTo(id);
    }

    @Test
    void anIdThatWasNotGivenDoesNotComeBack() {
        assertThat(ask(json(inputs)).ok().json().path("id").asString("")).isEmpty();
    }

    @Test
    void dataMayBeNestedAsTheShapeIs() {
        Answer flat = Answer.of(ask(json(inputs)));
        Answer.of(ask(json(inputs, Tensor::nested))).near(flat);
    }

    @Test
    void outputsThatAreNamedAreAnsweredAndNoOthers() {
        Answer all = Answer.of(ask(json(inputs)));
        for (String name : all.outputs().keySet()) {
            Answer one = Answer.of(ask(asking(json(inputs), List.of(name))));
            assertThat(one.outputs().keySet()).containsExactly(name);
            Answer.near(one.output(name).values(), all.output(name).values());
        }
    }

    @Test
    void everyDescribedOutputCanBeAskedFor() {
        List<String> names = target.outputs().stream().map(Form::name).toList();
        Answer answer = Answer.of(ask(asking(json(inputs), names))).asDescribed();
        assertThat(answer.outputs().keySet()).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void anEmptyListOfOutputsIsAsGoodAsNone() {
        assertThat(Answer.of(ask(asking(json(inputs), List.of()))).outputs()).isNotEmpty();
    }

    @Test
    void parametersThatTheServerDoesNotKnowDoNoHarm() {
        ObjectNode request = asking(json(inputs), usual());
        request.putObject("parameters").put("mine", "a").put("my_number", 7).put("my_truth", true);
        for (String side : List.of("inputs", "outputs")) {
            for (JsonNode tensor : request.path(side)) {
                ((ObjectNode) tensor).putObject("parameters").put("mine", 1.5).put("other", false);
            }
        }
        Answer.of(ask(request)).near(Answer.of(ask(json(inputs))));
    }

    @Test
    void fieldsMayComeInAnyOrder() {
        ObjectNode request =
                json(
                        inputs,
                        input -> {
                            ObjectNode usual = input.json();
                            ObjectNode turned = usual.objectNode();
                            turned.set("data", usual.path("data"));
                            turned.set("datatype", usual.path("datatype"));
                            turned.set("shape", usual.path("shape"));
                            turned.set("name", usual.path("name"));
                            return turned;
                        });
        ObjectNode turned = request.objectNode();
        asking(turned, usual());
        turned.put("id", "last");
        turned.set("inputs", request.path("inputs"));
        Answer.of(ask(turned)).near(Answer.of(ask(json(inputs))));
    }

    @Test
    void aVersionThatIsNamedAnswers() {
        assumeFalse(target.versions().isEmpty(), "the model lists no versions");
        for (String version : target.versions()) {
            Reply reply =
                    target.http()
                            .post(
                                    target.path("/versions/" + version + "/infer"),
                                    json(inputs).toString());
            assertThat(reply.ok().json().path("model_version").asString()).isEqualTo(version);
            Answer.of(reply).asDescribed();
        }
    }

    @Test
    void aBatchIsAnsweredAsItsPartsAre() {
        assumeTrue(target.batches(), "the model takes no batches");
        Answer batch = Answer.of(ask(json(target.request(1, 3)))).asDescribed();
        for (int image = 0; image < 3; image++) {
            Answer alone = Answer.of(ask(json(target.request(1 + image, 1))));
            for (Answer.Output output : alone.outputs().values()) {
                int size = output.values().size();
                Answer.near(
                        batch.output(output.name())
                                .values()
                                .subList(image * size, (image + 1) * size),
                        output.values());
            }
        }
    }

    @Test
    void requestsAtATimeGetTheirOwnAnswers() throws Exception {
        List<Answer> alone = new ArrayList<>();
        for (int caller = 0; caller < 6; caller++) {
            alone.add(Answer.of(ask(json(target.request(caller, 1)))));
        }
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> replies = new ArrayList<>();
            for (int caller = 0; caller < alone.size(); caller++) {
                ObjectNode request =
                        json(target.request(caller, 1)).put("id", String.valueOf(caller));
                replies.add(callers.submit(() -> ask(request)));
            }
            for (int caller = 0; caller < alone.size(); caller++) {
                Reply reply = replies.get(caller).get();
                assertThat(reply.ok().json().path("id").asString())
                        .isEqualTo(String.valueOf(caller));
                Answer.of(reply).near(alone.get(caller));
            }
        }
    }
}
