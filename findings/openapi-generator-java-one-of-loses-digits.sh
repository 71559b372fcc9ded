#!/usr/bin/env bash
# openapi-generator 7.25.0, generator java with the library native: a number that is a BigDecimal in the client keeps its digits
# as a member of an object, and loses them where the object is one of a `oneOf` with a discriminator.
# Guessed before: that both keep them, since both members are a BigDecimal. But the generated deserializer of a `oneOf` reads a
# JsonNode first, in which Jackson has a double. So 12345678901234567.89 becomes 12345678901234568, with no error;
# `mapper.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)` on the client's mapper keeps them.
# Needs a JDK (17 or newer) and Maven. Exit code 0 while it is as described.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >document.yaml <<'DOCUMENT'
openapi: 3.0.3
info: {title: Payments, version: "1"}
paths: {}
components:
  schemas:
    Form:
      type: object
      properties:
        total: {type: number}
        part: {$ref: '#/components/schemas/Part'}
    Part:
      oneOf:
        - $ref: '#/components/schemas/Amount'
        - $ref: '#/components/schemas/Note'
      discriminator:
        propertyName: type
        mapping:
          AMOUNT: '#/components/schemas/Amount'
          NOTE: '#/components/schemas/Note'
    Amount:
      type: object
      required: [type]
      properties:
        type: {type: string}
        amount: {type: number}
    Note:
      type: object
      required: [type]
      properties:
        type: {type: string}
        text: {type: string}
DOCUMENT
cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>generated</groupId>
  <artifactId>client</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency>
      <groupId>com.fasterxml.jackson.core</groupId>
      <artifactId>jackson-databind</artifactId>
      <version>2.19.2</version>
    </dependency>
    <dependency>
      <groupId>com.fasterxml.jackson.datatype</groupId>
      <artifactId>jackson-datatype-jsr310</artifactId>
      <version>2.19.2</version>
    </dependency>
    <dependency>
      <groupId>jakarta.annotation</groupId>
      <artifactId>jakarta.annotation-api</artifactId>
      <version>3.0.0</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.openapitools</groupId>
        <artifactId>openapi-generator-maven-plugin</artifactId>
        <version>7.25.0</version>
        <executions>
          <execution>
            <goals>
              <goal>generate</goal>
            </goals>
            <configuration>
              <inputSpec>${project.basedir}/document.yaml</inputSpec>
              <generatorName>java</generatorName>
              <library>native</library>
              <generateApiTests>false</generateApiTests>
              <generateModelTests>false</generateModelTests>
              <configOptions>
                <modelPackage>api.model</modelPackage>
                <invokerPackage>api</invokerPackage>
                <openApiNullable>false</openApiNullable>
                <useJakartaEe>true</useJakartaEe>
                <useOneOfDiscriminatorLookup>true</useOneOfDiscriminatorLookup>
              </configOptions>
            </configuration>
          </execution>
        </executions>
      </plugin>
      <plugin>
        <artifactId>maven-compiler-plugin</artifactId>
        <version>3.13.0</version>
      </plugin>
      <plugin>
        <artifactId>maven-dependency-plugin</artifactId>
        <version>3.8.1</version>
        <executions>
          <execution>
            <phase>compile</phase>
            <goals>
              <goal>copy-dependencies</goal>
            </goals>
          </execution>
        </executions>
      </plugin>
    </plugins>
  </build>
</project>
POM
mkdir -p src/main/java
cat >src/main/java/Read.java <<'PROGRAM'
import api.ApiClient;
import api.model.Form;

public class Read {
    public static void main(String[] arguments) throws Exception {
        String json = "{\"total\":12345678901234567.89,\"part\":{\"type\":\"AMOUNT\",\"amount\":12345678901234567.89}}";
        Form form = new ApiClient().getObjectMapper().readValue(json, Form.class);
        String total = form.getTotal().toPlainString();
        String part = form.getPart().getAmount().getAmount().toPlainString();
        System.out.println("a member " + total + ", in a oneOf " + part);
    }
}
PROGRAM
mvn --batch-mode --quiet compile >log 2>&1 || { cat log >&2; exit 2; }
seen=$(java -cp 'target/classes:target/dependency/*' Read)
echo "openapi-generator 7.25.0: $seen"
[ "$seen" = 'a member 12345678901234567.89, in a oneOf 12345678901234568' ]
