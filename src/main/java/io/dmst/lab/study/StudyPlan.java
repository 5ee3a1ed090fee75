package io.dmst.lab.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What a study does and how it is judged, as its YAML file says it before the first run. Keys:
 * {@code study}, {@code data}, {@code arms}, {@code searches}, {@code parts}, {@code rates}, {@code
 * cost}, {@code claims}. Data sets have names here; where they lie is said at the start. Immutable.
 *
 * @param name of the study
 * @param data options of {@code dmst train} by data set
 * @param arms options of {@code dmst train} by arm
 * @param searches of learning rates, by name
 * @param parts in the order in which they are run
 * @param probed test images of which coding rates are measured
 * @param cost what is measured of the arms' cost
 * @param claims in the order in which they are reported
 */
public record StudyPlan(
        String name,
        SequencedMap<String, List<String>> data,
        SequencedMap<String, List<String>> arms,
        SequencedMap<String, RateSearch> searches,
        List<StudyPart> parts,
        int probed,
        Optional<CostPlan> cost,
        List<Claim> claims) {

    /** All sign flips of more would take too long to enumerate. */
    private static final int MOST_SEEDS = 20;

    /**
     * Reads a plan.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is not a plan, naming the file and the key
     */
    public static StudyPlan read(Path file) throws IOException {
        String text = Files.readString(file);
        try {
            Object yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
            return of(new PlanNode("", yaml));
        } catch (YAMLException | IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static StudyPlan of(PlanNode root) {
        root.only("study", "data", "arms", "searches", "parts", "rates", "cost", "claims");
        SequencedMap<String, List<String>> data = options(root.at("data"));
        SequencedMap<String, List<String>> arms = options(root.at("arms"));
        SequencedMap<String, RateSearch> searches = new LinkedHashMap<>();
        root.at("searches")
                .entries()
                .forEach((name, node) -> searches.put(name, search(name, node, data.keySet())));
        List<StudyPart> parts = new ArrayList<>();
        for (PlanNode node : root.at("parts").list()) {
            parts.add(part(node, data.keySet(), searches, parts));
        }
        Optional<CostPlan> cost = root.optional("cost").map(StudyPlan::cost);
        List<Claim> claims = new ArrayList<>();
        for (PlanNode node : root.at("claims").list()) {
            claims.add(claim(node, arms.keySet(), parts, cost));
        }
        return new StudyPlan(
                root.at("study").name(),
                data,
                arms,
                searches,
                List.copyOf(parts),
                root.at("rates").only("images").at("images").count(),
                cost,
                List.copyOf(claims));
    }

    private static SequencedMap<String, List<String>> options(PlanNode node) {
        SequencedMap<String, List<String>> options = new LinkedHashMap<>();
        node.entries()
                .forEach((name, value) -> {
                    options.put(value.checkedName(name), value.words());
                });
        return options;
    }

    private static RateSearch search(String name, PlanNode node, Set<String> data) {
        node.only("data", "options", "seed", "rates");
        List<String> rates = new ArrayList<>();
        double last = 0;
        for (PlanNode rate : node.at("rates").list()) {
            if (rate.number() <= last) {
                throw rate.refused("positive rates, ascending", rate.value());
            }
            last = rate.number();
            rates.add(rate.text());
        }
        return new RateSearch(
                node.checkedName(name),
                node.at("data").oneOf(data),
                trainOptions(node.at("options")),
                node.at("seed").integer(),
                rates);
    }

    private static StudyPart part(
            PlanNode node,
            Set<String> data,
            SequencedMap<String, RateSearch> searches,
            List<StudyPart> before) {
        node.only("name", "data", "options", "seeds", "rates");
        String name = node.at("name").name();
        if (before.stream().anyMatch(part -> part.name().equals(name))) {
            throw node.at("name").refused("a name of its own", name);
        }
        RateSearch search = searches.get(node.at("rates").oneOf(searches.keySet()));
        PlanNode seeds = node.at("seeds");
        List<Long> numbers = seeds.list().stream().map(PlanNode::integer).toList();
        if (new HashSet<>(numbers).size() != numbers.size()
                || numbers.size() < 2
                || numbers.size() > MOST_SEEDS) {
            throw seeds.refused("2 to %d different seeds".formatted(MOST_SEEDS), numbers);
        }
        if (search != null && numbers.contains(search.seed())) {
            throw seeds.refused("other seeds than that of the search", search.seed());
        }
        return new StudyPart(
                name,
                node.at("data").oneOf(data),
                trainOptions(node.at("options")),
                numbers,
                node.at("rates").text());
    }

    /** What the runner adds itself must not be there. */
    private static List<String> trainOptions(PlanNode node) {
        for (String own : List.of("--data", "--out", "--seed", "--learning-rate", "--threads")) {
            if (node.words().contains(own)) {
                throw node.refused("no " + own + ", which the runner sets", node.text());
            }
        }
        return node.words();
    }

    private static CostPlan cost(PlanNode node) {
        node.only("options", "tokens", "rounds");
        List<Integer> tokens = node.at("tokens").list().stream().map(PlanNode::count).toList();
        for (int count : tokens) {
            int side = (int) Math.round(Math.sqrt(count));
            if (side * side != count) {
                throw node.at("tokens").refused("squares of whole numbers", count);
            }
        }
        return new CostPlan(node.at("options").words(), tokens, node.at("rounds").count());
    }

    private static Claim claim(
            PlanNode node, Set<String> arms, List<StudyPart> parts, Optional<CostPlan> cost) {
        node.only(
                "name",
                "says",
                "measure",
                "part",
                "tokens",
                "arm",
                "against",
                "more_than",
                "less_than",
                "equal_within");
        if (node.optional("more_than").isPresent() == node.optional("less_than").isPresent()) {
            throw node.refused("either more_than or less_than", node.value());
        }
        boolean more = node.optional("more_than").isPresent();
        String measure = node.at("measure").oneOf(StudyMeasure.names());
        return new Claim(
                node.at("name").text(),
                node.at("says").text(),
                measure,
                measure.startsWith(StudyMeasure.COST)
                        ? costScope(node, cost)
                        : node.at("part").oneOf(names(parts)),
                node.at("arm").oneOf(arms),
                node.optional("against").map(arm -> arm.oneOf(arms)).orElse(null),
                more,
                node.at(more ? "more_than" : "less_than").number(),
                node.optional("equal_within")
                        .map(width -> OptionalDouble.of(width.number()))
                        .orElse(OptionalDouble.empty()));
    }

    private static String costScope(PlanNode node, Optional<CostPlan> cost) {
        node.at("against");
        PlanNode tokens = node.at("tokens");
        if (!cost.map(CostPlan::tokens).orElse(List.of()).contains(tokens.count())) {
            throw tokens.refused("a number of tokens that cost.tokens has", tokens.value());
        }
        return tokens.text();
    }

    private static Set<String> names(List<StudyPart> parts) {
        Set<String> names = new HashSet<>();
        parts.forEach(part -> names.add(part.name()));
        return names;
    }

    /** The part of a name. */
    StudyPart part(String wanted) {
        return parts.stream()
                .filter(part -> part.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no part " + wanted));
    }

    /** The search of a name. */
    RateSearch search(String wanted) {
        RateSearch search = searches.get(wanted);
        if (search == null) {
            throw new IllegalArgumentException("no search " + wanted);
        }
        return search;
    }
}
