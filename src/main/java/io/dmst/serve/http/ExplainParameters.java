package io.dmst.serve.http;

import io.dmst.serve.predict.ExplainOptions;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Documents the parameters that {@link ExplainQuery} reads. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Parameter(
        name = "layers",
        in = ParameterIn.QUERY,
        description = "`all`, `last`, or numbers from 0 such as `0,3`",
        schema = @Schema(type = "string", defaultValue = "all"))
@Parameter(
        name = "groups",
        in = ParameterIn.QUERY,
        description = "Groups that the maps are of: `all`, `last`, or numbers such as `0,2`",
        schema = @Schema(type = "string", defaultValue = "all"))
@Parameter(
        name = "epsilon_squared",
        in = ParameterIn.QUERY,
        description = "Allowed squared error per token of the rates; positive",
        schema = @Schema(type = "number", defaultValue = "0.01"))
@Parameter(
        name = "rates",
        in = ParameterIn.QUERY,
        description =
                "`all`, or `variational` without R and R_c, whose log-determinants are most of an"
                        + " explanation's work",
        schema =
                @Schema(
                        type = "string",
                        allowableValues = {"all", "variational"},
                        defaultValue = "all"))
@Parameter(
        name = ExplainOptions.CLASS,
        in = ParameterIn.QUERY,
        description =
                "Of a model with the membership head: the class whose score is split into"
                        + " contributions, by its label or its number, or `predicted`",
        schema = @Schema(type = "string", defaultValue = "predicted"))
@Parameter(
        name = "picture",
        in = ParameterIn.QUERY,
        description =
                "What a PNG shows; `contribution` needs a model with the membership head, `segments`"
                        + " one with memberships",
        schema =
                @Schema(
                        type = "string",
                        allowableValues = {"sheet", "maps", "segments", "rates", "contribution"},
                        defaultValue = "sheet"))
@Parameter(
        name = "encoding",
        in = ParameterIn.QUERY,
        description = "Maps in JSON: `json` numbers, or `base64` of little-endian 32-bit floats",
        schema =
                @Schema(
                        type = "string",
                        allowableValues = {"json", "base64"},
                        defaultValue = "json"))
@Parameter(
        name = "top_k",
        in = ParameterIn.QUERY,
        description = "How many classes to answer",
        schema = @Schema(type = "integer", minimum = "1", defaultValue = "5"))
@Parameter(
        name = RequestTimeout.HEADER,
        in = ParameterIn.HEADER,
        description = RequestTimeout.MEANING,
        schema = @Schema(type = "string"))
@interface ExplainParameters {}
