package main

import (
	"strconv"

	"google.golang.org/protobuf/types/known/structpb"
)

// missingID is what the bridge answers for a resource whose Terraform id is a number; the number itself is an output.
const missingID = "missing ID"

func trueID(id string, outputs *structpb.Struct) string {
	number, ok := outputs.GetFields()["id"].GetKind().(*structpb.Value_NumberValue)
	if id != missingID || !ok {
		return id
	}
	return strconv.FormatFloat(number.NumberValue, 'f', -1, 64)
}
