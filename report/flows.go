package report

// FlowTable is the joined table for the terminal.
var FlowTable = FlowFormat{
	Name:        "table",
	Description: "one row per connection and end",
	Write:       writeFlowLines,
}
